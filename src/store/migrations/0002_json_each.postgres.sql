-- What SQLite has built in: a batch is one JSON parameter, read row by row by the same text on both.
-- Volatile and `rows 1` make the planner look the rows of a batch up by their keys, from the first day on. Inlined, it would expect a
-- hundred, read all of a table that is still small, and keep that plan while the table grows.
create function json_each(list text) returns table (key bigint, value jsonb)
    language sql volatile parallel safe rows 1
    as $$ select place - 1, element from jsonb_array_elements(list::jsonb) with ordinality as rows (element, place) $$;
