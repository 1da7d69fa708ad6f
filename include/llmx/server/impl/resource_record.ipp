// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/resource_record.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/core/detail/fnv1a.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/wire/digest.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_text.hpp>

#include <algorithm>
#include <charconv>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL std::string text_of(const boost::json::object& o, std::string_view name) {
    const auto* const v = o.if_contains(name);
    if (v == nullptr || !v->is_string()) return std::string();
    return std::string(std::string_view(v->get_string()));
}

LLMX_DECL std::int64_t whole_of(const boost::json::object& o, std::string_view name, std::int64_t otherwise) {
    const auto* const v = o.if_contains(name);
    if (v == nullptr) return otherwise;
    // A count that is kept in memory has no sign; one that was read from a record has.
    boost::system::error_code not_whole;
    const auto n = v->to_number<std::int64_t>(not_whole);
    return not_whole ? otherwise : n;
}

/// \p n in 8 hexadecimal digits.
LLMX_DECL [[nodiscard]] std::string hex8(std::uint32_t n) {
    std::string out;
    const char bytes[] = {static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8), static_cast<char>(n)};
    append_hex(out, std::string_view(bytes, 4));
    return out;
}

LLMX_DECL std::string resource_hash(const resource_ref& of) {
    const std::uint64_t hash = fnv1a(of.id, fnv1a(std::string(of.deployment).append("\xff")));
    return hex8(static_cast<std::uint32_t>(hash >> 32)) + hex8(static_cast<std::uint32_t>(hash));
}

LLMX_DECL std::string new_resource_name(resources& all, runtime& on, const resource_ref* of) {
    constexpr std::uint32_t most = 0xffffffffu;
    std::string name = hex8(most - static_cast<std::uint32_t>(on.unix_seconds()));
    name += hex8(most - all.next_number());
    if (of != nullptr) return name + resource_hash(*of);
    const std::uint64_t random = on.random();
    return name + hex8(static_cast<std::uint32_t>(random >> 32)) + hex8(static_cast<std::uint32_t>(random));
}

LLMX_DECL boost::asio::awaitable<result<void>> save_record(resources& all, const resource_record& record, cancellation& stop) {
    boost::json::object both;
    both["shown"] = record.shown;
    both["inside"] = record.inside;
    std::string text = json_text(both);
    const std::string key = record.key();
    result<void> done = co_await all.options.blobs->put(key, std::move(text), stop);
    co_return done;
}

LLMX_DECL boost::asio::awaitable<result<std::vector<std::string>>> record_names(resources& all, std::string_view kind, std::string_view owner_tag,
                                                                                cancellation& stop) {
    constexpr std::size_t step = 1000;
    const std::string prefix = std::string("records/").append(kind).append("/").append(owner_tag).append("/");
    std::vector<std::string> names;
    std::string after;
    for (;;) {
        result<std::vector<std::string>> keys = co_await all.options.blobs->list(prefix, after, step, stop);
        if (!keys) co_return keys.error();
        for (const std::string& key : *keys) names.push_back(key.substr(prefix.size()));
        if (keys->size() < step || names.size() > all.options.max_records) break;
        after = keys->back();
    }
    co_return names;
}

LLMX_DECL boost::asio::awaitable<result<void>> add_record(resources& all, const resource_record& record, cancellation& stop) {
    const result<std::vector<std::string>> there = co_await record_names(all, record.kind, record.owner_tag, stop);
    if (!there) co_return there.error();
    if (there->size() >= all.options.max_records)
        co_return error(errc::rate_limited, "the key has " + std::to_string(there->size()) + " things of this kind, which is the limit; delete some first");
    result<void> done = co_await save_record(all, record, stop);
    co_return done;
}

LLMX_DECL boost::asio::awaitable<result<std::optional<resource_record>>> load_record(resources& all, std::string_view kind, std::string_view owner_tag,
                                                                                     std::string_view name, cancellation& stop) {
    // A record is the gateway's own and small; metadata of callers has limits.
    constexpr std::size_t most = std::size_t{4} * 1024 * 1024;
    std::optional<resource_record> found(std::in_place);
    found->kind = kind;
    found->owner_tag = owner_tag;
    found->name = name;
    const std::string key = found->key();
    const result<std::string> text = co_await all.options.blobs->read(key, 0, most, stop);
    if (!text) {
        if (text.error().value() != errc::not_found) co_return text.error();
        found.reset();
        co_return std::move(found);
    }
    result<boost::json::object> both = parse_json_object(*text);
    if (!both) co_return error(errc::internal, "the record '" + key + "' in the store is damaged");
    if (auto* const shown = both->if_contains("shown"); shown != nullptr && shown->is_object()) found->shown = shown->get_object();
    if (auto* const inside = both->if_contains("inside"); inside != nullptr && inside->is_object()) found->inside = inside->get_object();
    co_return std::move(found);
}

LLMX_DECL boost::asio::awaitable<result<std::optional<resource_record>>> find_record(resources& all, std::string_view kind, std::string_view owner_tag,
                                                                                     const resource_ref& of, cancellation& stop) {
    std::string name;
    if (of.is_own()) {
        // "file-NAME", "batch_NAME".
        const std::size_t sign = of.id.find_first_of("-_");
        name = of.id.substr(sign == std::string::npos ? 0 : sign + 1);
    } else {
        const result<std::vector<std::string>> names = co_await record_names(all, kind, owner_tag, stop);
        if (!names) co_return names.error();
        const std::string end = resource_hash(of);
        for (const std::string& one : *names)
            if (one.ends_with(end)) name = one;
    }
    std::optional<resource_record> none;
    if (name.empty()) co_return std::move(none);
    result<std::optional<resource_record>> found = co_await load_record(all, kind, owner_tag, name, stop);
    co_return std::move(found);
}

LLMX_DECL result<resource_owner> owner_of(const resources& all, const server_connection& peer) {
    resource_owner who;
    if (const principal* const p = peer.context().principal.get(); p != nullptr) who.id = p->id;
    result<std::string> tag = all.ids.owner_tag(who.id);
    if (!tag) return tag.error();
    who.tag = std::move(*tag);
    return who;
}

LLMX_DECL boost::asio::awaitable<result<record_page>> read_page(resources& all, server_connection& peer, std::string_view kind,
                                                                const resource_owner& owner,
                                                                const std::function<bool(const resource_record&)>& wanted) {
    const std::string_view query = peer.head().query;
    cancellation& stop = peer.context().cancellation;
    std::size_t limit = 20;
    if (const std::string_view text = query_value(query, "limit"); !text.empty()) {
        const auto read = std::from_chars(text.data(), text.data() + text.size(), limit);
        // OpenAI's lists of files take up to 10,000; a page here has fewer and names what follows.
        if (read.ec != std::errc() || read.ptr != text.data() + text.size() || limit == 0 || limit > 10'000)
            co_return error(errc::invalid_request, "limit must be a whole number from 1 to 10000").with_param("limit");
        limit = std::min<std::size_t>(limit, 1000);
    }
    result<std::vector<std::string>> names = co_await record_names(all, kind, owner.tag, stop);
    if (!names) co_return names.error();
    if (query_value(query, "order") == "asc") std::reverse(names->begin(), names->end());
    std::size_t next = 0;
    std::string after;
    // Anthropic's lists call it after_id.
    for (const std::string_view name : {"after", "after_id"})
        if (after.empty() && !decode_name(query_value(query, name), after)) after = "?";
    if (!after.empty()) {
        const result<resource_ref> ref = all.ids.read(owner.id, after);
        if (!ref) co_return error(ref.error()).with_param("after");
        const std::string end = ref->is_own() ? ref->id.substr(ref->id.find_first_of("-_") + 1) : resource_hash(*ref);
        const auto at = std::find_if(names->begin(), names->end(), [&end](const std::string& n) { return n.ends_with(end); });
        next = static_cast<std::size_t>(at - names->begin()) + (at == names->end() ? 0 : 1);
    }
    record_page page;
    for (; next < names->size(); ++next) {
        result<std::optional<resource_record>> one = co_await load_record(all, kind, owner.tag, (*names)[next], stop);
        if (!one) co_return one.error();
        if (!*one || (wanted && !wanted(**one))) continue;
        if (page.rows.size() == limit) {
            page.has_more = true;
            break;
        }
        page.rows.push_back(std::move(**one));
    }
    co_return std::move(page);
}

LLMX_DECL std::string page_text(const record_page& page) {
    boost::json::array data;
    for (const resource_record& r : page.rows) data.emplace_back(r.shown);
    boost::json::object list;
    list["object"] = "list";
    list["data"] = std::move(data);
    const auto id_of = [&page](std::size_t i) { return boost::json::value(text_of(page.rows[i].shown, "id")); };
    list["first_id"] = page.rows.empty() ? boost::json::value() : id_of(0);
    list["last_id"] = page.rows.empty() ? boost::json::value() : id_of(page.rows.size() - 1);
    list["has_more"] = page.has_more;
    return json_text(list);
}

} // namespace llmx::inline LLMX_ABI::detail

#endif // LLMX_NO_TLS
