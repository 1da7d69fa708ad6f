// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/resources.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/awaitable.hpp>
#include <llmx/server/connection.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// What a store has of one resource: the blob "records/KIND/OWNER/NAME".
///
/// Names are in order of age, the newest first. A resource of the gateway has its name in its id ("file-NAME"); that of a vendor has a hash of its
/// reference at the end of its name, by which it is found.
struct resource_record {
    resource_record() = default;
    std::string kind, owner_tag, name;
    /// What callers see, in OpenAI's form.
    boost::json::object shown;
    /// What the gateway keeps beside it.
    boost::json::object inside;

    [[nodiscard]] std::string key() const {
        return std::string("records/").append(kind).append("/").append(owner_tag).append("/").append(name);
    }
};

/// A name for a new resource; later ones are smaller. \p of: that of a vendor.
LLMX_DECL [[nodiscard]] std::string new_resource_name(resources& all, runtime& on, const resource_ref* of = nullptr);
/// The end of the name of a vendor's resource.
LLMX_DECL [[nodiscard]] std::string resource_hash(const resource_ref& of);
/// The blob with the bytes of a file of the gateway.
[[nodiscard]] inline std::string file_blob(std::string_view name) { return std::string("files/").append(name); }

/// Makes or replaces \p record.
LLMX_DECL boost::asio::awaitable<result<void>> save_record(resources& all, const resource_record& record, cancellation& stop);
/// Fails with `errc::rate_limited` when the owner has too many of that kind; else as `save_record`.
LLMX_DECL boost::asio::awaitable<result<void>> add_record(resources& all, const resource_record& record, cancellation& stop);
/// Nothing when there is none.
LLMX_DECL boost::asio::awaitable<result<std::optional<resource_record>>> load_record(resources& all, std::string_view kind, std::string_view owner_tag,
                                                                                     std::string_view name, cancellation& stop);
/// The names of all records of a kind of one owner, the newest first.
LLMX_DECL boost::asio::awaitable<result<std::vector<std::string>>> record_names(resources& all, std::string_view kind, std::string_view owner_tag,
                                                                                cancellation& stop);
/// The record of \p of, of the gateway or of a vendor; nothing when there is none.
LLMX_DECL boost::asio::awaitable<result<std::optional<resource_record>>> find_record(resources& all, std::string_view kind, std::string_view owner_tag,
                                                                                     const resource_ref& of, cancellation& stop);

/// The caller of a request and the tag of what it owns.
struct resource_owner {
    resource_owner() = default;
    std::string id, tag;
};
LLMX_DECL [[nodiscard]] result<resource_owner> owner_of(const resources& all, const server_connection& peer);

/// One page of records in OpenAI's form of a list, by `limit`, `after` and `order` of the query.
struct record_page {
    record_page() = default;
    std::vector<resource_record> rows;
    bool has_more = false;
};
/// \p wanted leaves out records for which it returns false; unset: none.
LLMX_DECL boost::asio::awaitable<result<record_page>> read_page(resources& all, server_connection& peer, std::string_view kind,
                                                                const resource_owner& owner,
                                                                const std::function<bool(const resource_record&)>& wanted);
/// \p page as JSON.
LLMX_DECL [[nodiscard]] std::string page_text(const record_page& page);

/// A text member of \p o; empty when there is none.
LLMX_DECL [[nodiscard]] std::string text_of(const boost::json::object& o, std::string_view name);
/// A whole number; \p otherwise when there is none.
LLMX_DECL [[nodiscard]] std::int64_t whole_of(const boost::json::object& o, std::string_view name, std::int64_t otherwise = 0);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/resource_record.ipp>
#endif

#endif // LLMX_NO_TLS
