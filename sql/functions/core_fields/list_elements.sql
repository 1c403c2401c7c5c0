-- provides: wedsync_internal.list_elements, wedsync_internal.element_value, wedsync_internal.store_element, wedsync_internal.write_element, wedsync_internal.place_elements, wedsync_internal.delete_element, wedsync_internal.refresh_list
select wedsync_internal.build_lists();
