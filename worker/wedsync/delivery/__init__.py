"""Sending notifications outside the application: e-mail, SMS, Web Push and webhooks.

SQL decides what is sent to whom, when, and when again. An adapter sends one delivery or raises `Failed`.
"""
