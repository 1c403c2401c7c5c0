"""The stories of `wedsync up --demo` beside that of the guest count: real sockets, real tokens, the ordinary API.

Each raises DemoFailed if it does not go as it must.
"""
