// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/extra.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline v0::detail {

// What the embeddings and the schemas read of JSON as Google's APIs take it: proto3's mapping, in
// which a member goes by its lowerCamelCase name or by its snake_case one, and an array of one
// message may be written as the message alone.
// Source: https://protobuf.dev/programming-guides/json/.

/// The member \p camel by either name; null when it is absent or JSON null.
[[nodiscard]] LLMX_DECL const boost::json::value* proto_find(const boost::json::object& o,
                                                             std::string_view camel) noexcept;
/// \p name in lowerCamelCase.
[[nodiscard]] LLMX_DECL std::string proto_camel(std::string_view name);

/// Moves an error's place one level outwards: "role: expected …" becomes
/// "contents[2].role: expected …". Paths are built only when there is an error.
[[nodiscard]] LLMX_DECL error proto_at(error e, std::string_view member);
[[nodiscard]] LLMX_DECL error proto_at(error e, std::string_view member, std::size_t index);
/// "member: expected what", an invalid_request.
[[nodiscard]] LLMX_DECL error proto_expected(std::string_view member, std::string_view what);

/// Strict access to the members of one proto message.
class proto_reader {
public:
    explicit proto_reader(const boost::json::object& o) noexcept : object_(&o) {}

    [[nodiscard]] const boost::json::object& object() const noexcept { return *object_; }
    [[nodiscard]] const boost::json::value* find(std::string_view camel) const noexcept {
        return proto_find(*object_, camel);
    }
    /// Reads as `json_reader` does; whole numbers may also be written as strings.
    LLMX_DECL result<void> read(std::string_view camel, std::string& to) const;
    LLMX_DECL result<void> read(std::string_view camel, std::optional<std::int64_t>& to) const;
    /// A whole number that is not negative; beyond `max_count` it is that.
    LLMX_DECL result<void> read_count(std::string_view camel, std::optional<std::int64_t>& to) const;
    /// The member as an object; null when absent.
    [[nodiscard]] LLMX_DECL result<const boost::json::object*> message(std::string_view camel) const;

    /// Calls \p f(object, index) for each message of the repeated member \p camel.
    template <class F> result<void> each(std::string_view camel, F f) const {
        const boost::json::value* v = find(camel);
        if (v == nullptr) return success();
        if (const auto* one = v->if_object()) return placed(f(*one, std::size_t{0}), camel, 0);
        const auto* all = v->if_array();
        if (all == nullptr) return proto_expected(camel, "an array");
        for (std::size_t i = 0; i < all->size(); ++i) {
            const auto* o = (*all)[i].if_object();
            if (o == nullptr) return proto_at(proto_expected({}, "an object"), camel, i);
            if (auto r = placed(f(*o, i), camel, i); r.has_error()) return r;
        }
        return success();
    }

private:
    static result<void> placed(result<void> r, std::string_view member, std::size_t index) {
        if (r.has_error()) return proto_at(r.error(), member, index);
        return r;
    }
    const boost::json::object* object_;
};

/// Writes those members of \p extra that stand directly under \p prefix: "" for those
/// without a dot, "generationConfig." for "generationConfig.speechConfig".
LLMX_DECL void write_proto_extra(json_writer& w, const extra_members& extra, std::string_view prefix);
/// Whether any member's name begins with \p prefix.
[[nodiscard]] LLMX_DECL bool has_proto_extra(const extra_members& extra, std::string_view prefix) noexcept;

/// Whether \p text is one JSON object, nested values checked too.
[[nodiscard]] LLMX_DECL bool is_json_object_text(std::string_view text);
/// \p text without white space around it.
[[nodiscard]] LLMX_DECL std::string_view trim_json(std::string_view text) noexcept;

} // namespace llmx::inline v0::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/gemini/impl/json.ipp>
#endif
