// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/operation.hpp"
#include "ashlar/schema/untagged_one_of.hpp"

namespace ashlar::api::detail {

// Presents each kind of reply to a transport.
template <class T>
struct ReplyTraits {
  static_assert(
      schema::DescribedStruct<T>,
      "a reply is a struct with ASHLAR_DESCRIBE, an UntaggedOneOf<> of such structs, or Created<>, Accepted<>, Page<>, "
      "Bare<>, WithCredentials<>, EventStream<>, Rows<> of one");
  using Value = T;
  static ReplyShape shape() { return {ReplyShape::Kind::data, &schema::type_of<T>()}; }
  static ReplyView view(const T& reply) { return {.shape = shape(), .value = &reply}; }
};
template <class... Alternatives>
struct ReplyTraits<UntaggedOneOf<Alternatives...>> {
  using Reply = UntaggedOneOf<Alternatives...>;
  using Value = void;  // has no owner
  static ReplyShape shape() { return {ReplyShape::Kind::data, &schema::type_of<Reply>()}; }
  static ReplyView view(const Reply& reply) { return {.shape = shape(), .value = &reply}; }
};
template <class T>
struct ReplyTraits<Created<T>> {
  using Value = T;
  static ReplyShape shape() { return {ReplyShape::Kind::created, &schema::type_of<T>()}; }
  static ReplyView view(const Created<T>& reply) { return {.shape = shape(), .value = &reply.value}; }
};
template <class T>
struct ReplyTraits<Accepted<T>> {
  using Value = T;
  static ReplyShape shape() { return {ReplyShape::Kind::accepted, &schema::type_of<T>()}; }
  static ReplyView view(const Accepted<T>& reply) { return {.shape = shape(), .value = &reply.value}; }
};
template <class T>
struct ReplyTraits<Bare<T>> {
  using Value = T;
  static ReplyShape shape() { return {ReplyShape::Kind::bare, &schema::type_of<T>()}; }
  static ReplyView view(const Bare<T>& reply) {
    return {.shape = shape(),
            .value = &reply.value,
            .service = reply.service == Bare<T>::Service::available ? ReplyView::Service::available
                                                                    : ReplyView::Service::unavailable};
  }
};
template <class T>
ReplyView page_view(const auto& reply, const std::vector<T>& items) {  // of a Page or a SharedPage
  return {.shape = {ReplyShape::Kind::page, &schema::type_of<T>()},
          .value = &items,
          .items_type = &schema::type_of<std::vector<T>>(),
          .page = reply.page,
          .limit = reply.limit,
          .total = reply.total,
          .total_kind = reply.total_kind,
          .cursors = reply.cursors ? &*reply.cursors : nullptr};
}
template <class T>
struct ReplyTraits<Page<T>> {
  using Value = void;  // has no owner
  static ReplyShape shape() { return {ReplyShape::Kind::page, &schema::type_of<T>()}; }
  static ReplyView view(const Page<T>& reply) { return page_view<T>(reply, reply.items); }
};
template <class T>
struct ReplyTraits<SharedPage<T>> {
  using Value = void;
  static ReplyShape shape() { return ReplyTraits<Page<T>>::shape(); }
  static ReplyView view(const SharedPage<T>& reply) { return page_view<T>(reply, *reply.items); }
};
template <class T>
struct ReplyTraits<EventStream<T>> {
  using Value = void;
  static ReplyShape shape() { return {ReplyShape::Kind::events, &schema::type_of<T>()}; }
  static ReplyView view(EventStream<T>& reply) { return {.shape = shape(), .producer = &reply.producer}; }
};
template <class T>
struct ReplyTraits<Rows<T>> {
  using Value = void;
  static ReplyShape shape() { return {ReplyShape::Kind::rows, &schema::type_of<T>()}; }
  static ReplyView view(Rows<T>& reply) { return {.shape = shape(), .producer = &reply.producer}; }
};
template <>
struct ReplyTraits<void> {
  using Value = void;
  static ReplyShape shape() { return {}; }
};

template <class Reply>
struct ReplyTraits<WithCredentials<Reply>> {
  using Value = typename ReplyTraits<Reply>::Value;
  static ReplyShape shape() {
    ReplyShape out = ReplyTraits<Reply>::shape();
    out.credentials = ReplyShape::StoresCredentials::yes;
    return out;
  }
  static ReplyView view(const WithCredentials<Reply>& reply) {
    ReplyView out;
    if constexpr (!std::is_void_v<Reply>) out = ReplyTraits<Reply>::view(reply.reply);
    out.shape = shape();
    out.credentials = reply.credentials ? &*reply.credentials : nullptr;
    out.otherwise = reply.otherwise;
    return out;
  }
};

}  // namespace ashlar::api::detail
