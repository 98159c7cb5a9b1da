-- The one table function that SQLite has built in: a batch is one JSON parameter, read row by row by the same text on both.
create function json_each(list text) returns table (key bigint, value json)
    language sql immutable parallel safe rows 100
    as $$ select place - 1, element from json_array_elements(list::json) with ordinality as rows (element, place) $$;
