// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/native_lines.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/server/detail/batch_line.hpp>
#include <llmx/server/detail/vendor_request.hpp>
// Before the lines of a blob, which it has.
#include <llmx/server/impl/batch_run.ipp>
#include <llmx/server/impl/openai_files.ipp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

/// Where the value of `body.model` is in \p line, a request of a batch; empty: nowhere.
LLMX_DECL [[nodiscard]] std::string_view model_value(std::string_view line) {
    std::string_view body, model;
    static_cast<void>(scan_json_members(line, [&body](const json_member& m) {
        if (m.named("body")) body = m.value;
    }));
    if (!body.starts_with('{')) return model;
    static_cast<void>(scan_json_members(body, [&model](const json_member& m) {
        if (m.named("model") && is_json_string(m.value)) model = m.value;
    }));
    return model;
}

LLMX_DECL std::string model_of_line(std::string_view line, std::string_view endpoint) {
    batch_line read;
    if (read_batch_line(line, endpoint, read)) return std::string();
    const std::string_view value = model_value(line);
    return value.empty() ? std::string() : unescape_json_string(value);
}

LLMX_DECL std::string line_for_model(std::string_view line, std::string_view model) {
    const std::string_view value = model_value(line);
    if (value.empty()) return std::string(line);
    const auto begin = static_cast<std::size_t>(value.data() - line.data());
    std::string out(line.substr(0, begin));
    append_json_string(out, model);
    return out.append(line.substr(begin + value.size()));
}

/// Whether \p names, with commas between, has \p name.
[[nodiscard]] inline bool lists_name(std::string_view names, std::string_view name) noexcept {
    while (!names.empty()) {
        const std::size_t comma = names.find(',');
        std::string_view one = names.substr(0, comma);
        while (one.starts_with(' ')) one.remove_prefix(1);
        while (one.ends_with(' ')) one.remove_suffix(1);
        if (!one.empty() && one == name) return true;
        names = comma == std::string_view::npos ? std::string_view() : names.substr(comma + 1);
    }
    return false;
}

LLMX_DECL const deployment* native_deployment(const topology& served, const principal* who, std::string_view targets, std::string_view line,
                                              std::string_view endpoint) {
    const std::string model = model_of_line(line, endpoint);
    if (model.empty() || !lists_name(targets, model) || (who != nullptr && !who->may_use(model))) return nullptr;
    const model_group* const group = served.find(model);
    if (group == nullptr || group->members.empty()) return nullptr;
    const auto has_batches = [](const deployment* d) {
        const resource_vendor* const vendor = find_resource_vendor(d->provider);
        return vendor != nullptr && vendor->batches;
    };
    return std::all_of(group->members.begin(), group->members.end(), has_batches) ? group->members.front() : nullptr;
}

LLMX_DECL boost::asio::awaitable<result<std::optional<std::uint64_t>>> write_native_lines(resources& all, std::string from, std::string to,
                                                                                         std::string endpoint, std::string theirs,
                                                                                         cancellation& stop) {
    LLMX_OF(blob_lines) reader(*all.options.blobs, from, all.options.max_line_bytes);
    std::string line, pending, model;
    std::uint64_t offset = 0, size = 0;
    std::optional<std::uint64_t> written;
    for (bool more = true; more;) {
        const result<bool> there = co_await reader.next(line, offset, stop);
        // What the file has wrong is reported by the gateway's own batch.
        if (!there && there.error().value() == errc::payload_too_large) co_return written;
        if (!there) co_return there.error();
        more = *there;
        if (more && line.find_first_not_of(" \t\r") != std::string::npos) {
            std::string named = model_of_line(line, endpoint);
            if (model.empty()) model = named;
            if (named.empty() || named != model) co_return written;
            pending.append(line_for_model(line, theirs)).append("\n");
        }
        if (pending.empty() || (more && pending.size() < blob_step)) continue;
        const result<void> kept = co_await all.options.blobs->append(to, size, pending, stop);
        if (!kept) co_return kept.error();
        size += pending.size();
        pending.clear();
    }
    if (size != 0) written = size;
    co_return written;
}

LLMX_DECL boost::asio::awaitable<result<resource_ref>> move_to_vendor(server_connection& peer, resources& all, const any_service& gateway, const deployment& d,
                                                                      const resource_owner& owner, const resource_record& file) {
    upload_form form;
    form.filename = text_of(file.shown, "filename");
    form.mime_type = text_of(file.inside, "mime_type");
    form.purpose = "batch";
    resource_record made;
    const auto size = static_cast<std::uint64_t>(whole_of(file.shown, "bytes"));
    const result<void> sent = co_await upload_to_vendor(peer, all, gateway, d, owner, form, file_blob(file.name), size, made);
    if (!sent) co_return sent.error();
    resource_ref ref(d.id, text_of(made.inside, "id"));
    co_return std::move(ref);
}

LLMX_DECL boost::asio::awaitable<result<std::optional<resource_ref>>> move_by_model(server_connection& peer, resources& all, const any_service& gateway,
                                                                                    const topology& served, const resource_owner& owner,
                                                                                    const resource_record& file, std::string_view targets,
                                                                                    const std::string& endpoint) {
    cancellation& stop = peer.context().cancellation;
    std::optional<resource_ref> ref;
    const std::string from = file_blob(file.name);
    LLMX_OF(blob_lines) reader(*all.options.blobs, from, all.options.max_line_bytes);
    std::string line;
    std::uint64_t offset = 0;
    const result<bool> there = co_await reader.next(line, offset, stop);
    if (!there || !*there) co_return ref;
    const deployment* const where = native_deployment(served, peer.context().principal.get(), targets, line, endpoint);
    if (where == nullptr) co_return ref;
    resource_record copy = file;
    copy.name = new_resource_name(all, peer.on());
    const std::string to = file_blob(copy.name), theirs = model_at(*where, model_of_line(line, endpoint));
    const result<std::optional<std::uint64_t>> size = co_await write_native_lines(all, from, to, endpoint, theirs, stop);
    result<void> good = success();
    if (!size) good = size.error();
    if (good && *size) {
        copy.shown["bytes"] = static_cast<std::int64_t>(**size);
        result<resource_ref> moved = co_await move_to_vendor(peer, all, gateway, *where, owner, copy);
        if (moved) ref = std::move(*moved);
        else good = moved.error();
    }
    // Also of a request that was cancelled.
    cancellation never;
    (void)co_await all.options.blobs->erase(to, never);
    if (!good) co_return good.error();
    co_return ref;
}

} // namespace llmx::inline LLMX_ABI::detail

#endif // LLMX_NO_TLS
