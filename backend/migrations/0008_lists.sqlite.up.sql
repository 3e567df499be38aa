-- SPDX-License-Identifier: Apache-2.0
-- What keeps the cost of lists flat as the tables grow: an index for each order, and counters for the totals
-- (docs/design/lists.md).
alter table products add column tags text not null default '[]';
create index products_updated_at on products (updated_at, id);
create index products_name on products (name, id);
create index products_stock on products (stock, id);
create index posts_updated_at on posts (published, updated_at, id);
create index posts_title on posts (published, title, id);
create index users_updated_at on users (updated_at, id);
create index users_name on users (name, id);
create index users_by_email on users (email, id);
create index users_age on users (age, id);
create index orders_updated_at on orders (updated_at, id);
create index orders_total on orders (total, id);

-- How many rows a list has; `part` is the value of its filter, or ''. Triggers write it in the transaction of the rows;
-- their conditions are cheaper than statements that find nothing to do. SQLite has one writer, so one slot suffices.
create table list_counts (
  list text not null,
  part text not null,
  slot integer not null,
  count integer not null,
  primary key (list, part, slot)
) strict, without rowid;

create trigger count_products_insert after insert on products begin
  insert into list_counts (list, part, slot, count)
    values ('products', '', 0, 1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_products_delete after delete on products begin
  insert into list_counts (list, part, slot, count)
    values ('products', '', 0, -1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_products_category_insert after insert on products when new.category is not null begin
  insert into list_counts (list, part, slot, count)
    values ('products.category', new.category, 0, 1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_products_category_delete after delete on products when old.category is not null begin
  insert into list_counts (list, part, slot, count)
    values ('products.category', old.category, 0, -1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_products_category_lost after update of category on products
when old.category is not null and old.category is not new.category begin
  insert into list_counts (list, part, slot, count)
    values ('products.category', old.category, 0, -1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_products_category_gained after update of category on products
when new.category is not null and old.category is not new.category begin
  insert into list_counts (list, part, slot, count)
    values ('products.category', new.category, 0, 1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_products_tag_insert after insert on products when new.tags <> '[]' begin
  insert into list_counts (list, part, slot, count)
    select 'products.tag', value, 0, 1 from json_each(new.tags) where true
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_products_tag_delete after delete on products when old.tags <> '[]' begin
  insert into list_counts (list, part, slot, count)
    select 'products.tag', value, 0, -1 from json_each(old.tags) where true
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_products_tag_lost after update of tags on products
when old.tags <> new.tags begin
  insert into list_counts (list, part, slot, count)
    select 'products.tag', value, 0, -1 from json_each(old.tags) where true
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_products_tag_gained after update of tags on products
when old.tags <> new.tags begin
  insert into list_counts (list, part, slot, count)
    select 'products.tag', value, 0, 1 from json_each(new.tags) where true
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;

insert into list_counts (list, part, slot, count) select 'products', '', 0, count(*) from products where true;
insert into list_counts (list, part, slot, count)
  select 'products.category', category, 0, count(*) from products where category is not null group by 2;

create trigger count_posts_published_insert after insert on posts when new.published = 1 begin
  insert into list_counts (list, part, slot, count)
    values ('posts.published', '', 0, 1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_posts_published_delete after delete on posts when old.published = 1 begin
  insert into list_counts (list, part, slot, count)
    values ('posts.published', '', 0, -1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_posts_published_gained after update of published on posts
when new.published > old.published begin
  insert into list_counts (list, part, slot, count)
    values ('posts.published', '', 0, 1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_posts_published_lost after update of published on posts
when new.published < old.published begin
  insert into list_counts (list, part, slot, count)
    values ('posts.published', '', 0, -1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_posts_drafts_insert after insert on posts when new.published = 0 begin
  insert into list_counts (list, part, slot, count)
    values ('posts.drafts', new.author_id, 0, 1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_posts_drafts_delete after delete on posts when old.published = 0 begin
  insert into list_counts (list, part, slot, count)
    values ('posts.drafts', old.author_id, 0, -1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_posts_drafts_lost after update of published, author_id on posts
when old.published = 0 and (new.published = 1 or new.author_id <> old.author_id) begin
  insert into list_counts (list, part, slot, count)
    values ('posts.drafts', old.author_id, 0, -1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_posts_drafts_gained after update of published, author_id on posts
when new.published = 0 and (old.published = 1 or new.author_id <> old.author_id) begin
  insert into list_counts (list, part, slot, count)
    values ('posts.drafts', new.author_id, 0, 1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;

insert into list_counts (list, part, slot, count) select 'posts.published', '', 0, count(*) from posts where published = 1;
insert into list_counts (list, part, slot, count)
  select 'posts.drafts', author_id, 0, count(*) from posts where published = 0 group by 2;

create trigger count_users_insert after insert on users begin
  insert into list_counts (list, part, slot, count)
    values ('users', '', 0, 1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_users_delete after delete on users begin
  insert into list_counts (list, part, slot, count)
    values ('users', '', 0, -1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;

insert into list_counts (list, part, slot, count) select 'users', '', 0, count(*) from users where true;

create trigger count_orders_insert after insert on orders begin
  insert into list_counts (list, part, slot, count)
    values ('orders', '', 0, 1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_orders_delete after delete on orders begin
  insert into list_counts (list, part, slot, count)
    values ('orders', '', 0, -1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_orders_user_insert after insert on orders when new.user_id is not null begin
  insert into list_counts (list, part, slot, count)
    values ('orders.user', new.user_id, 0, 1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_orders_user_delete after delete on orders when old.user_id is not null begin
  insert into list_counts (list, part, slot, count)
    values ('orders.user', old.user_id, 0, -1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_orders_user_lost after update of user_id on orders
when old.user_id is not null and old.user_id is not new.user_id begin
  insert into list_counts (list, part, slot, count)
    values ('orders.user', old.user_id, 0, -1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;
create trigger count_orders_user_gained after update of user_id on orders
when new.user_id is not null and old.user_id is not new.user_id begin
  insert into list_counts (list, part, slot, count)
    values ('orders.user', new.user_id, 0, 1)
    on conflict (list, part, slot) do update set count = count + excluded.count;
end;

insert into list_counts (list, part, slot, count) select 'orders', '', 0, count(*) from orders where true;
insert into list_counts (list, part, slot, count)
  select 'orders.user', user_id, 0, count(*) from orders where user_id is not null group by 2;
