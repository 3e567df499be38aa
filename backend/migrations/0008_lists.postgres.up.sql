-- SPDX-License-Identifier: Apache-2.0
-- What keeps the cost of lists flat as the tables grow: an index for each order, and counters for the totals
-- (docs/design/lists.md).
alter table products add column tags text not null default '[]';
create index products_tags on products using gin ((tags::jsonb) jsonb_path_ops);
create index products_updated_at on products (updated_at, id);
create index products_name on products (name, id);
create index products_stock on products (stock, id);
create index posts_updated_at on posts (published, updated_at, id);
create index posts_title on posts (published, title, id);
create index users_updated_at on users (updated_at, id);
create index users_name on users (name, id);
create index users_by_email on users (email, id);
create index users_age on users (age nulls first, id);
create index orders_updated_at on orders (updated_at, id);
create index orders_total on orders (total, id);

-- `search` finds any part of a text, through trigrams. The extension is trusted: who may create objects in the database
-- may create it. Its operator class is named with its schema, which need not be in the search path.
do $$
declare
  place text;
begin
  begin
    create extension if not exists pg_trgm;
  exception
    when insufficient_privilege then
      raise 'this role may not create the extension pg_trgm: have a superuser run "create extension pg_trgm" in this database';
    when feature_not_supported or undefined_file then
      raise 'the server lacks the extension pg_trgm: install PostgreSQL''s contrib package there';
  end;
  select extnamespace::regnamespace::text into place from pg_extension where extname = 'pg_trgm';
  execute format('create index products_search on products using gin (name %1$s.gin_trgm_ops, description %1$s.gin_trgm_ops)', place);
  execute format('create index users_search on users using gin (name %1$s.gin_trgm_ops, email %1$s.gin_trgm_ops)', place);
end
$$;

-- How many rows a list has; `part` is the value of its filter, or ''. A counter is the sum of its slots: a session
-- writes one slot of 64, so that transactions seldom wait for each other. Triggers write it in the transaction of the
-- rows, in the order of its key. They expect the table in the search path.
create table list_counts (
  list text not null,
  part text not null,
  slot integer not null,
  count bigint not null,
  primary key (list, part, slot)
);

create function count_products() returns trigger language plpgsql as $$
begin
  insert into list_counts (list, part, slot, count)
    select list, part, pg_backend_pid() % 64, sum(change) from (
      select 'products' as list, '' as part, case tg_op when 'DELETE' then -1 else 1 end as change from changed
      union all
      select 'products.category' as list, category as part, case tg_op when 'DELETE' then -1 else 1 end as change from changed
      union all
      select 'products.tag' as list, jsonb_array_elements_text(tags::jsonb) as part, case tg_op when 'DELETE' then -1 else 1 end as change from changed where tags <> '[]'
    ) counted
    where part is not null group by list, part having sum(change) <> 0 order by list, part
    on conflict (list, part, slot) do update set count = list_counts.count + excluded.count;
  return null;
end
$$;
create trigger count_products_insert after insert on products referencing new table as changed
  for each statement execute function count_products();
create trigger count_products_delete after delete on products referencing old table as changed
  for each statement execute function count_products();
-- A trigger for some columns cannot refer to the changed rows as a table.
create function count_products_update() returns trigger language plpgsql as $$
begin
  insert into list_counts (list, part, slot, count)
    select list, part, pg_backend_pid() % 64, sum(change) from (
      select 'products' as list, '' as part, -1 as change
      union all
      select 'products.category' as list, old.category as part, -1 as change
      union all
      select 'products.tag' as list, jsonb_array_elements_text(old.tags::jsonb) as part, -1 as change where old.tags <> '[]'
      union all
      select 'products' as list, '' as part, 1 as change
      union all
      select 'products.category' as list, new.category as part, 1 as change
      union all
      select 'products.tag' as list, jsonb_array_elements_text(new.tags::jsonb) as part, 1 as change where new.tags <> '[]'
    ) counted
    where part is not null group by list, part having sum(change) <> 0 order by list, part
    on conflict (list, part, slot) do update set count = list_counts.count + excluded.count;
  return null;
end
$$;
create trigger count_products_update after update of category, tags on products for each row
  when (old.category is distinct from new.category or old.tags <> new.tags) execute function count_products_update();
create function count_products_truncated() returns trigger language plpgsql as $$
begin
  delete from list_counts where list = 'products' or list like 'products.%';
  return null;
end
$$;
create trigger count_products_truncated after truncate on products for each statement execute function count_products_truncated();

insert into list_counts (list, part, slot, count) select 'products', '', 0, count(*) from products where true;
insert into list_counts (list, part, slot, count)
  select 'products.category', category, 0, count(*) from products where category is not null group by 2;

create function count_posts() returns trigger language plpgsql as $$
begin
  insert into list_counts (list, part, slot, count)
    select list, part, pg_backend_pid() % 64, sum(change) from (
      select 'posts.published' as list, '' as part, case tg_op when 'DELETE' then -1 else 1 end as change from changed where published
      union all
      select 'posts.drafts' as list, author_id::text as part, case tg_op when 'DELETE' then -1 else 1 end as change from changed where not published
    ) counted
    where part is not null group by list, part having sum(change) <> 0 order by list, part
    on conflict (list, part, slot) do update set count = list_counts.count + excluded.count;
  return null;
end
$$;
create trigger count_posts_insert after insert on posts referencing new table as changed
  for each statement execute function count_posts();
create trigger count_posts_delete after delete on posts referencing old table as changed
  for each statement execute function count_posts();
create function count_posts_update() returns trigger language plpgsql as $$
begin
  insert into list_counts (list, part, slot, count)
    select list, part, pg_backend_pid() % 64, sum(change) from (
      select 'posts.published' as list, '' as part, -1 as change where old.published
      union all
      select 'posts.drafts' as list, old.author_id::text as part, -1 as change where not old.published
      union all
      select 'posts.published' as list, '' as part, 1 as change where new.published
      union all
      select 'posts.drafts' as list, new.author_id::text as part, 1 as change where not new.published
    ) counted
    where part is not null group by list, part having sum(change) <> 0 order by list, part
    on conflict (list, part, slot) do update set count = list_counts.count + excluded.count;
  return null;
end
$$;
create trigger count_posts_update after update of published, author_id on posts for each row
  when (old.published <> new.published or old.author_id <> new.author_id) execute function count_posts_update();
create function count_posts_truncated() returns trigger language plpgsql as $$
begin
  delete from list_counts where list = 'posts' or list like 'posts.%';
  return null;
end
$$;
create trigger count_posts_truncated after truncate on posts for each statement execute function count_posts_truncated();

insert into list_counts (list, part, slot, count) select 'posts.published', '', 0, count(*) from posts where published;
insert into list_counts (list, part, slot, count)
  select 'posts.drafts', author_id::text, 0, count(*) from posts where not published group by 2;

create function count_users() returns trigger language plpgsql as $$
begin
  insert into list_counts (list, part, slot, count)
    select list, part, pg_backend_pid() % 64, sum(change) from (
      select 'users' as list, '' as part, case tg_op when 'DELETE' then -1 else 1 end as change from changed
    ) counted
    where part is not null group by list, part having sum(change) <> 0 order by list, part
    on conflict (list, part, slot) do update set count = list_counts.count + excluded.count;
  return null;
end
$$;
create trigger count_users_insert after insert on users referencing new table as changed
  for each statement execute function count_users();
create trigger count_users_delete after delete on users referencing old table as changed
  for each statement execute function count_users();
create function count_users_truncated() returns trigger language plpgsql as $$
begin
  delete from list_counts where list = 'users' or list like 'users.%';
  return null;
end
$$;
create trigger count_users_truncated after truncate on users for each statement execute function count_users_truncated();

insert into list_counts (list, part, slot, count) select 'users', '', 0, count(*) from users where true;

create function count_orders() returns trigger language plpgsql as $$
begin
  insert into list_counts (list, part, slot, count)
    select list, part, pg_backend_pid() % 64, sum(change) from (
      select 'orders' as list, '' as part, case tg_op when 'DELETE' then -1 else 1 end as change from changed
      union all
      select 'orders.user' as list, user_id::text as part, case tg_op when 'DELETE' then -1 else 1 end as change from changed
    ) counted
    where part is not null group by list, part having sum(change) <> 0 order by list, part
    on conflict (list, part, slot) do update set count = list_counts.count + excluded.count;
  return null;
end
$$;
create trigger count_orders_insert after insert on orders referencing new table as changed
  for each statement execute function count_orders();
create trigger count_orders_delete after delete on orders referencing old table as changed
  for each statement execute function count_orders();
create function count_orders_update() returns trigger language plpgsql as $$
begin
  insert into list_counts (list, part, slot, count)
    select list, part, pg_backend_pid() % 64, sum(change) from (
      select 'orders' as list, '' as part, -1 as change
      union all
      select 'orders.user' as list, old.user_id::text as part, -1 as change
      union all
      select 'orders' as list, '' as part, 1 as change
      union all
      select 'orders.user' as list, new.user_id::text as part, 1 as change
    ) counted
    where part is not null group by list, part having sum(change) <> 0 order by list, part
    on conflict (list, part, slot) do update set count = list_counts.count + excluded.count;
  return null;
end
$$;
create trigger count_orders_update after update of user_id on orders for each row
  when (old.user_id is distinct from new.user_id) execute function count_orders_update();
create function count_orders_truncated() returns trigger language plpgsql as $$
begin
  delete from list_counts where list = 'orders' or list like 'orders.%';
  return null;
end
$$;
create trigger count_orders_truncated after truncate on orders for each statement execute function count_orders_truncated();

insert into list_counts (list, part, slot, count) select 'orders', '', 0, count(*) from orders where true;
insert into list_counts (list, part, slot, count)
  select 'orders.user', user_id::text, 0, count(*) from orders where user_id is not null group by 2;
