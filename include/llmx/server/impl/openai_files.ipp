// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/endpoints/openai_files.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/server/detail/blob_source.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/request_body.hpp>
#include <llmx/telemetry/access_record.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/multipart.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <array>
#include <chrono>

namespace llmx::inline LLMX_ABI::detail {

[[nodiscard]] inline bool speaks_anthropic(const server_connection& peer) noexcept { return !peer.head().find("anthropic-version").empty(); }

/// A time of OpenAI's as Anthropic writes it.
LLMX_DECL [[nodiscard]] std::string rfc3339_of(std::int64_t seconds) {
    rfc3339_text text;
    return std::string(text.at(std::chrono::system_clock::time_point(std::chrono::seconds(seconds))));
}

/// The file \p record in the form of the caller's language.
LLMX_DECL [[nodiscard]] boost::json::object shown_file(const resource_record& record, bool anthropic) {
    if (!anthropic) return record.shown;
    boost::json::object o;
    o["type"] = "file";
    o["id"] = text_of(record.shown, "id");
    o["filename"] = text_of(record.shown, "filename");
    o["mime_type"] = text_of(record.inside, "mime_type");
    o["size_bytes"] = whole_of(record.shown, "bytes");
    o["created_at"] = rfc3339_of(whole_of(record.shown, "created_at"));
    o["downloadable"] = record.inside.if_contains("deployment") == nullptr;
    return o;
}

/// The fields of an upload, and its file on the way into the store.
class upload_form {
public:
    LLMX_DECL result<void> take(const multipart_event& e) {
        if (e.part == nullptr) return success();
        const bool file = e.part->name == "file";
        if (e.what == multipart_event::kind::part) {
            if (file && had_file_) return error(errc::invalid_request, "the form has two files").with_param("file");
            if (!file) value_ = field_called(e.part->name);
            if (!file) return success();
            had_file_ = true;
            filename = e.part->filename.empty() ? std::string("file") : e.part->filename.substr(e.part->filename.find_last_of("/\\") + 1);
            mime_type = e.part->content_type;
            value_ = nullptr;
        } else if (e.what == multipart_event::kind::data && file) {
            pending.append(e.raw);
        } else if (e.what == multipart_event::kind::data && value_ != nullptr) {
            if (value_->size() + e.raw.size() > 4096) return error(errc::invalid_request, "a field of the form is too long").with_param(e.part->name);
            value_->append(e.raw);
        }
        return success();
    }
    [[nodiscard]] bool has_file() const noexcept { return had_file_; }
    LLMX_DECL result<void> feed(multipart_parser& parser, std::string_view bytes) {
        return parser.feed(bytes, [this](const multipart_event& e) { return take(e); });
    }
    std::string filename, mime_type, purpose, model, provider, targets, anchor, expires;
    /// Bytes of the file that are not in the store yet.
    std::string pending;

private:
    [[nodiscard]] std::string* field_called(std::string_view name) noexcept {
        if (name == "purpose") return &purpose;
        if (name == "model") return &model;
        if (name == "custom_llm_provider") return &provider;
        if (name == "target_model_names") return &targets;
        if (name == "expires_after[anchor]") return &anchor;
        if (name == "expires_after[seconds]") return &expires;
        return nullptr;
    }
    std::string* value_ = nullptr;
    bool had_file_ = false;
};

/// Reads the form of \p peer; its file becomes the blob \p key. Gives the file's size.
LLMX_DECL boost::asio::awaitable<result<std::uint64_t>> read_upload(server_connection& peer, resources& all, const std::string& key, upload_form& form) {
    const result<std::string> boundary = multipart_boundary(peer.head().find("content-type"));
    if (!boundary) co_return error(boundary.error()).with_param("content-type");
    multipart_parser parser(*boundary);
    cancellation& stop = peer.context().cancellation;
    std::uint64_t size = 0;
    bool ended = false;
    while (!ended) {
        const result<std::string_view> piece = co_await peer.body_reader().read_some();
        if (!piece) co_return piece.error();
        ended = piece->empty();
        const result<void> sound = ended ? parser.finish() : form.feed(parser, *piece);
        if (!sound) co_return sound.error();
        if (size + form.pending.size() > all.options.max_file_bytes)
            co_return error(errc::payload_too_large, "the file has more than " + std::to_string(all.options.max_file_bytes) +
                                                         " bytes (general_settings.files.max_file_size_mb)")
                .with_param("file");
        if (form.pending.empty() || (!ended && form.pending.size() < blob_step)) continue;
        const result<void> kept = co_await all.options.blobs->append(key, size, form.pending, stop);
        if (!kept) co_return kept.error();
        size += form.pending.size();
        form.pending.clear();
    }
    if (!form.has_file()) co_return error(errc::invalid_request, "the form has no file: send it in the field 'file'").with_param("file");
    if (size == 0) co_return error(errc::invalid_request, "the file is empty").with_param("file");
    co_return size;
}

/// The form of an upload to \p vendor up to the bytes of its file.
LLMX_DECL [[nodiscard]] std::string form_head(const std::string& boundary, const resource_vendor& vendor, const upload_form& form) {
    std::string head;
    const auto field = [&](std::string_view name, std::string_view value) {
        append_multipart_head(head, boundary, name);
        head += value;
        append_multipart_tail(head);
    };
    const bool together = vendor.provider == "together_ai";
    if (!vendor.anthropic) field("purpose", form.purpose == "batch" && together ? std::string_view("batch-api") : std::string_view(form.purpose));
    if (together) field("file_name", form.filename);
    if (!form.anchor.empty()) field("expires_after[anchor]", form.anchor);
    if (!form.expires.empty()) field("expires_after[seconds]", form.expires);
    append_multipart_head(head, boundary, "file", form.filename,
                          form.mime_type.empty() ? std::string_view("application/octet-stream") : std::string_view(form.mime_type));
    return head;
}

/// Sends the file in the blob \p key to \p d and fills in \p record.
LLMX_DECL boost::asio::awaitable<result<void>> upload_to_vendor(server_connection& peer, resources& all, const any_service& gateway,
                                                                const deployment& d, const resource_owner& owner, const upload_form& form,
                                                                const std::string& key, std::uint64_t size, resource_record& record) {
    const resource_vendor& vendor = *find_resource_vendor(d.provider);
    const std::string boundary = "llmx-form-" + new_resource_name(all, peer.on());
    std::string head = form_head(boundary, vendor, form), tail;
    append_multipart_tail(tail);
    append_multipart_end(tail, boundary);
    blob_form body(*all.options.blobs, key, size, std::move(head), std::move(tail), peer.context().cancellation);
    vendor_ask ask;
    ask.method = "POST";
    ask.path = std::string(vendor.root).append(vendor.upload);
    ask.content_type = "multipart/form-data; boundary=" + boundary;
    ask.source = &body;
    if (vendor.anthropic) {
        http_field beta;
        beta.name = "anthropic-beta";
        beta.value = "files-api-2025-04-14";
        ask.fields.push_back(beta);
    }
    call& c = peer.open_call();
    const result<vendor_answer> answer = co_await ask_vendor(gateway, c, d.id, ask, max_resource_answer);
    if (!answer) co_return answer.error();
    result<boost::json::object> made = parse_json_object(answer->body);
    if (answer->head.status >= 300 || !made || text_of(*made, "id").empty()) {
        std::string words;
        if (made)
            if (const auto* const e = made->if_contains("error"); e != nullptr && e->is_object()) words = text_of(e->get_object(), "message");
        error why(answer->head.status >= 400 && answer->head.status < 500 ? errc::invalid_request : errc::bad_response,
                  "the vendor '" + d.provider + "' did not take the file" + (words.empty() ? std::string() : ": " + words));
        if (answer->head.status >= 400) why.with_provider_status(answer->head.status);
        co_return why.with_provider(find_resource_vendor(d.provider)->provider);
    }
    const resource_ref ref(d.id, text_of(*made, "id"));
    const result<std::string> id = all.ids.make(owner.id, ref);
    if (!id) co_return id.error();
    record.name = new_resource_name(all, peer.on(), &ref);
    record.inside["deployment"] = d.id;
    record.inside["id"] = ref.id;
    if (!vendor.anthropic)
        for (const auto& member : *made) record.shown[member.key()] = member.value();
    record.shown["id"] = *id;
    co_return success();
}

LLMX_DECL boost::asio::awaitable<void> upload_file(server_connection& peer, resources& all, const any_service& gateway, const topology& served,
                                                   const resource_owner& owner) {
    cancellation& stop = peer.context().cancellation;
    const bool anthropic = speaks_anthropic(peer);
    const std::string name = new_resource_name(all, peer.on()), key = file_blob(name);
    upload_form form;
    const result<std::uint64_t> size = co_await read_upload(peer, all, key, form);
    result<void> good = success();
    if (!size) good = size.error();
    if (good && form.purpose.empty()) {
        if (anthropic) form.purpose = "user_data";
        else good = error(errc::invalid_request, "the form has no purpose: send 'batch', 'fine-tune', 'assistants', 'vision', 'user_data' or 'evals'")
                        .with_param("purpose");
    }
    if (good && (form.purpose.size() > 64 || form.purpose.find_first_not_of("abcdefghijklmnopqrstuvwxyz-_0123456789") != std::string::npos))
        good = error(errc::invalid_request, "the purpose is one word of small letters").with_param("purpose");
    resource_choice choice = choice_of(peer.head());
    if (!form.model.empty()) choice.model = form.model;
    if (!form.provider.empty()) choice.provider = form.provider;
    if (choice.model.empty() && !form.targets.empty()) choice.model = form.targets.substr(0, form.targets.find(','));
    const deployment* where = nullptr;
    if (good && form.purpose != "batch") {
        static constexpr std::array<std::string_view, 2> openai = {"openai", "azure"};
        static constexpr std::array<std::string_view, 1> claude = {"anthropic"};
        const std::span<const std::string_view> fallbacks = anthropic ? std::span<const std::string_view>(claude) : std::span<const std::string_view>(openai);
        const result<const deployment*> found = resource_deployment(served, peer.context().principal.get(), choice.model, choice.provider, fallbacks);
        if (!found) good = found.error();
        // A vendor without files leaves them here.
        else if (*found != nullptr && find_resource_vendor((*found)->provider) != nullptr) where = *found;
    }
    resource_record record;
    record.kind = "file";
    record.owner_tag = owner.tag;
    if (good) {
        record.shown["object"] = "file";
        record.shown["bytes"] = static_cast<std::int64_t>(*size);
        record.shown["created_at"] = peer.on().unix_seconds();
        record.shown["filename"] = form.filename;
        record.shown["purpose"] = form.purpose;
        record.shown["status"] = "processed";
        record.inside["mime_type"] = form.mime_type.empty() ? std::string("application/octet-stream") : form.mime_type;
        if (!form.targets.empty()) record.inside["targets"] = form.targets;
        if (!choice.model.empty()) record.inside["model"] = choice.model;
        if (!choice.provider.empty()) record.inside["provider"] = choice.provider;
    }
    if (good && where != nullptr) {
        good = co_await upload_to_vendor(peer, all, gateway, *where, owner, form, key, *size, record);
    } else if (good) {
        record.name = name;
        const result<std::string> id = all.ids.make(owner.id, resource_ref(std::string(), (anthropic ? "file_" : "file-") + name));
        if (id) record.shown["id"] = *id;
        else good = id.error();
    }
    if (good) good = co_await add_record(all, record, stop);
    if (!good || where != nullptr) {
        // Also of a request that was cancelled.
        cancellation never;
        (void)co_await all.options.blobs->erase(key, never);
    }
    if (!good) {
        co_await peer.fail(good.error());
        co_return;
    }
    const std::string text = json_text(shown_file(record, anthropic));
    co_await peer.reply(200, "application/json", text);
}

/// The bytes of a file of the gateway.
LLMX_DECL boost::asio::awaitable<void> send_blob(server_connection& peer, resources& all, const std::string& key, std::string_view type) {
    cancellation& stop = peer.context().cancellation;
    const result<std::optional<std::uint64_t>> size = co_await all.options.blobs->size(key, stop);
    if (!size || !*size) {
        const error gone = size ? error(errc::not_found, "the file's content is no longer there") : size.error();
        co_await peer.fail(gone);
        co_return;
    }
    std::string fields;
    // Never a type that a browser would run.
    append_field(fields, "content-type", type);
    append_field(fields, "x-content-type-options", std::string_view("nosniff"));
    append_field(fields, "content-disposition", std::string_view("attachment"));
    peer.begin_passed(200, fields, **size);
    for (std::uint64_t at = 0; at < **size;) {
        const result<std::string> piece = co_await all.options.blobs->read(key, at, blob_step, stop);
        const bool whole = piece && !piece->empty();
        bool written = false;
        if (whole) written = co_await peer.write(*piece);
        if (!written) {
            error why(errc::cancelled);
            if (!piece) why = piece.error();
            else if (!whole) why = error(errc::internal, "a file in the store ended before its size");
            co_await peer.cut_stream(std::string_view(), why);
            co_return;
        }
        at += piece->size();
    }
    (void)co_await peer.end_stream();
}

LLMX_DECL boost::asio::awaitable<void> serve_own_file(server_connection& peer, resources& all, resource_record& record, bool content) {
    cancellation& stop = peer.context().cancellation;
    if (content) {
        co_await send_blob(peer, all, file_blob(record.name), "application/octet-stream");
        co_return;
    }
    const bool anthropic = speaks_anthropic(peer);
    boost::json::object answer = shown_file(record, anthropic);
    if (peer.head().method == "DELETE") {
        if (all.reads(record.name)) {
            const error busy(errc::conflict, "a batch that runs reads this file: cancel the batch first, or delete the file when it has ended");
            co_await peer.fail(busy);
            co_return;
        }
        const result<bool> bytes = co_await all.options.blobs->erase(file_blob(record.name), stop);
        result<bool> gone = bytes;
        if (bytes) gone = co_await all.options.blobs->erase(record.key(), stop);
        if (!gone) {
            co_await peer.fail(gone.error());
            co_return;
        }
        answer.clear();
        answer["id"] = text_of(record.shown, "id");
        answer[anthropic ? "type" : "object"] = anthropic ? "file_deleted" : "file";
        if (!anthropic) answer["deleted"] = true;
    }
    const std::string text = json_text(answer);
    co_await peer.reply(200, "application/json", text);
}

LLMX_DECL boost::asio::awaitable<void> serve_vendor_file(server_connection& peer, resources& all, const any_service& gateway, const topology& served,
                                                         const resource_owner& owner, const resource_ref& ref, const std::string& id, bool content) {
    const model_group* const group = served.find(pinned_model(ref.deployment));
    const resource_vendor* const vendor = group == nullptr ? nullptr : find_resource_vendor(group->members.front()->provider);
    if (vendor == nullptr) {
        const error gone(errc::not_found, "the deployment that has this file is no longer configured");
        co_await peer.fail(gone);
        co_return;
    }
    vendor_ask ask;
    const std::string_view method = peer.head().method;
    ask.method = method == "HEAD" ? std::string_view("GET") : method;
    ask.path = std::string(vendor->root).append("/files/");
    append_percent_encoded(ask.path, ref.id);
    if (content) ask.path += "/content";
    if (vendor->anthropic) {
        http_field beta;
        beta.name = "anthropic-beta";
        beta.value = "files-api-2025-04-14";
        ask.fields.push_back(beta);
    }
    result<std::optional<resource_record>> record = co_await find_record(all, "file", owner.tag, ref, peer.context().cancellation);
    if (method == "DELETE" && record && *record) {
        cancellation never;
        (void)co_await all.options.blobs->erase((*record)->key(), never);
    }
    // Of the other language's vendor the record has what the caller's language names.
    if (method != "DELETE" && !content && record && *record && vendor->anthropic != speaks_anthropic(peer)) {
        const std::string text = json_text(shown_file(**record, speaks_anthropic(peer)));
        co_await peer.reply(200, "application/json", text);
        co_return;
    }
    vendor_relay how;
    if (!content)
        how.change = [&ref, &id](const json_strings::item& one) -> std::optional<std::string> {
            if (one.value != ref.id) return std::nullopt;
            return id;
        };
    co_await relay_vendor(peer, gateway, ref.deployment, ask, how);
}

LLMX_DECL boost::asio::awaitable<void> list_files(server_connection& peer, resources& all, const resource_owner& owner) {
    std::string purpose;
    if (!decode_name(query_value(peer.head().query, "purpose"), purpose)) purpose = "?";
    const std::function<bool(const resource_record&)> wanted = [&purpose](const resource_record& r) {
        return purpose.empty() || text_of(r.shown, "purpose") == purpose;
    };
    result<record_page> page = co_await read_page(all, peer, "file", owner, wanted);
    if (!page) {
        co_await peer.fail(page.error());
        co_return;
    }
    if (speaks_anthropic(peer))
        for (resource_record& r : page->rows) r.shown = shown_file(r, true);
    const std::string text = page_text(*page);
    co_await peer.reply(200, "application/json", text);
}

LLMX_DECL boost::asio::awaitable<void> serve_files(server_connection& peer, resources& all, const any_service& gateway, const topology& served) {
    const resource_path form = static_cast<resource_path>(peer.match().form);
    const result<resource_owner> owner = owner_of(all, peer);
    if (!owner) {
        co_await peer.fail(owner.error());
        co_return;
    }
    if (form == resource_path::list) {
        if (peer.head().method == "POST") co_await upload_file(peer, all, gateway, served, *owner);
        else co_await list_files(peer, all, *owner);
        co_return;
    }
    const std::string id(peer.match().name);
    const result<resource_ref> ref = all.ids.read(owner->id, id);
    if (!ref || !ref->id.starts_with("file")) {
        const error none = ref ? error(errc::not_found, "this is the id of another thing than a file") : ref.error();
        if (!ref || ref->is_own()) {
            co_await peer.fail(none);
            co_return;
        }
    }
    const bool content = form == resource_path::verb;
    if (!ref->is_own()) {
        co_await serve_vendor_file(peer, all, gateway, served, *owner, *ref, id, content);
        co_return;
    }
    result<std::optional<resource_record>> record = co_await find_record(all, "file", owner->tag, *ref, peer.context().cancellation);
    if (!record || !*record) {
        const error none = record ? error(errc::not_found, "there is no such file; it may have been deleted") : record.error();
        co_await peer.fail(none);
        co_return;
    }
    co_await serve_own_file(peer, all, **record, content);
}

} // namespace llmx::inline LLMX_ABI::detail

#endif // LLMX_NO_TLS
