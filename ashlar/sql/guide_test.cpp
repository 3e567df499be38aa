// SPDX-License-Identifier: Apache-2.0
// The code of docs/guide/data.md.
#include "ashlar/async/task_scope.hpp"
#include "ashlar/sql/open.hpp"
#include "ashlar/sql/query.hpp"
#include "ashlar/sql/transaction.hpp"

#include <gtest/gtest.h>

namespace shop {
namespace {

using namespace ashlar;
using namespace ashlar::sql;

enum class Shelf { front, back };
ASHLAR_DESCRIBE_ENUM(Shelf, front, back)

struct Article {
  Uuid id;
  Text<1, 80> name;
  Money price;
  Int<0, 1'000'000> stock;
  Shelf shelf{};
  std::optional<Text<1, 400>> note;
  Timestamp created_at;
};
ASHLAR_DESCRIBE(Article, id, name, price, stock, shelf, note, created_at)
ASHLAR_TABLE(Article, "articles")

struct ListArticles {
  std::optional<Text<1, 80>> search{};
  std::optional<Money> max_price{};
  Sort<Article, &Article::created_at, &Article::name, &Article::price> sort{};
  Defaulted<Int<1, 100'000>, 1> page{};
  Defaulted<Int<1, 100>, 20> limit{};
};
ASHLAR_DESCRIBE(ListArticles, search, max_price, sort, page, limit)

Task<Result<Page<Article>>> list_articles(Executor& db, ListArticles in) {
  co_return co_await from<Article>()
      .where_if(in.search, [](const auto& text) { return contains_ignoring_case(col<&Article::name>, text); })
      .where_if(in.max_price, [](const auto& price) { return col<&Article::price> <= price; })
      .order_by(in.sort, asc<&Article::id>)
      .page(in.page, in.limit)
      .all_and_count(db);
}

struct ChangeArticle {
  std::optional<Text<1, 80>> name{};
  std::optional<Nullable<Text<1, 400>>> note{};  // absent: unchanged; null: cleared
};

Task<Result<std::optional<Article>>> change_article(Executor& db, Uuid id, ChangeArticle in) {
  co_return co_await update<Article>()
      .set_if(col<&Article::name>, in.name)
      .set_if(col<&Article::note>, in.note)
      .where(col<&Article::id> == id)
      .returning_one(db);
}

inline constexpr ErrorCode out_of_stock{ErrorKind::conflict, "guide.out_of_stock"};

Task<Result<>> take(Transaction& tx, Uuid id, std::int64_t pieces) {
  auto taken = co_await update<Article>()
                   .set(col<&Article::stock> += -pieces)
                   .where(col<&Article::id> == id && col<&Article::stock> >= pieces)
                   .run(tx);
  if (!taken) co_return std::unexpected(std::move(taken.error()));
  if (taken->rows_affected == 0) co_return fail(out_of_stock, "There are not so many left.");
  co_return Result<>{};
}

Task<Result<>> take_both(Transaction& tx, Uuid first, Uuid second) {
  if (auto taken = co_await take(tx, first, 1); !taken) co_return taken;
  co_return co_await take(tx, second, 1);
}

struct ShelfTotal {
  Shelf shelf{};
  std::int64_t pieces = 0;
};
ASHLAR_DESCRIBE(ShelfTotal, shelf, pieces)

Task<Result<std::vector<ShelfTotal>>> totals(Executor& db, std::int64_t least) {
  co_return co_await raw<ShelfTotal>(
      "select shelf, sum(stock) as pieces from articles group by shelf having sum(stock) >= $1 order by shelf", least)
      .all(db);
}

class DataGuide : public testing::Test {
 protected:
  DataGuide() {
    EXPECT_TRUE(
        db_->run_script("create table articles (id text primary key, name text not null, price integer not null, "
                        "stock integer not null, shelf text not null, note text, created_at integer not null)"));
    for (const char* name : {"Épée", "Cup", "Cap"}) {
      const auto number = static_cast<std::uint8_t>(ids_.size() + 1);
      ids_.emplace_back(std::array<std::uint8_t, 16>{number});
      const Article article{.id = ids_.back(),
                            .name = Text<1, 80>::of(name),
                            .price = Money::of_minor_units(number * 500),
                            .stock = Int<0, 1'000'000>::of(number - 1),
                            .shelf = number == 1 ? Shelf::front : Shelf::back,
                            .note = {},
                            .created_at = Timestamp::from_milliseconds(number)};
      EXPECT_TRUE(await(insert(article).run(*db_)));
    }
  }
  ~DataGuide() override { db_->close(); }

  template <class T>
  T await(Task<T> task) {
    loop_.restart();
    return async::run_to_end(loop_, std::move(task));
  }

  boost::asio::io_context loop_{1};
  std::unique_ptr<Database> db_ = *open_database("sqlite::memory:");
  std::vector<Uuid> ids_;
};

TEST_F(DataGuide, ListsWhatTheClientRequested) {
  EXPECT_EQ(await(list_articles(*db_, {}))->total, 3);
  const auto found = await(list_articles(*db_, {.search = Text<1, 80>::of("éPÉ")}));
  ASSERT_EQ(found->rows.size(), 1U);
  EXPECT_EQ(found->rows[0].id, ids_[0]);
  EXPECT_EQ(await(list_articles(*db_, {.max_price = Money::of_minor_units(1000)}))->rows.at(0).name.str(), "Cup");
}

TEST_F(DataGuide, ChangesWhatIsGiven) {
  const auto changed = await(change_article(*db_, ids_[0], {.note = Nullable(Text<1, 400>::of("sharp"))}));
  ASSERT_TRUE(changed && *changed);
  EXPECT_EQ((*changed)->name.str(), "Épée");
  EXPECT_EQ((*changed)->note->str(), "sharp");
  EXPECT_EQ((*await(change_article(*db_, ids_[0], {.note = Nullable<Text<1, 400>>()})))->note, std::nullopt);
  EXPECT_EQ(*await(change_article(*db_, Uuid{}, {})), std::nullopt);
}

TEST_F(DataGuide, TakesBothOrNone) {
  EXPECT_EQ(await(in_transaction(*db_, take_both, ids_[2], ids_[0])).error().code(), out_of_stock);
  EXPECT_TRUE(await(in_transaction(*db_, take_both, ids_[2], ids_[1])));
  EXPECT_EQ(await(totals(*db_, 0))->at(0).pieces, 1);
}

}  // namespace
}  // namespace shop
