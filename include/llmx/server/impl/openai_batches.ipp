// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/batch_job.hpp>
#include <llmx/server/endpoints/openai_batches.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/server/detail/blob_source.hpp>
#include <llmx/server/detail/native_lines.hpp>
// Before the bodies, which it includes in their order.
#include <llmx/server/impl/batch_run.ipp>
#include <llmx/server/impl/native_lines.ipp>
#include <llmx/server/impl/openai_files.ipp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <string>
#include <unordered_set>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::int64_t batch_window_seconds = 24 * 3600;

/// The batch \p r as Anthropic's callers see it; \p url: where the gateway is for the caller.
LLMX_DECL [[nodiscard]] boost::json::object shown_message_batch(const resource_record& r, std::string_view url) {
    const std::string status = text_of(r.shown, "status"), id = text_of(r.shown, "id");
    const bool ended = is_final_state(status);
    const auto time_of = [&r](std::string_view name) {
        const std::int64_t at = whole_of(r.shown, name);
        return at == 0 ? boost::json::value() : boost::json::value(rfc3339_of(at));
    };
    boost::json::object counts, o;
    std::int64_t total = 0, completed = 0, failed = 0;
    if (const auto* const c = r.shown.if_contains("request_counts"); c != nullptr && c->is_object()) {
        total = whole_of(c->get_object(), "total");
        completed = whole_of(c->get_object(), "completed");
        failed = whole_of(c->get_object(), "failed");
    }
    const std::int64_t left = whole_of(r.inside, "left");
    counts["processing"] = ended ? 0 : std::max<std::int64_t>(0, total - completed - failed);
    counts["succeeded"] = completed;
    counts["errored"] = failed;
    counts["canceled"] = status == "cancelled" ? left : 0;
    counts["expired"] = status == "expired" ? left : 0;
    o["id"] = id;
    o["type"] = "message_batch";
    o["processing_status"] = ended ? "ended" : status == "cancelling" ? "canceling" : "in_progress";
    o["request_counts"] = std::move(counts);
    o["ended_at"] = ended ? time_of(status + "_at") : boost::json::value();
    o["created_at"] = time_of("created_at");
    o["expires_at"] = time_of("expires_at");
    o["archived_at"] = nullptr;
    o["cancel_initiated_at"] = time_of("cancelling_at");
    o["results_url"] = ended ? boost::json::value(std::string(url).append("/v1/messages/batches/").append(id).append("/results")) : boost::json::value();
    return o;
}

/// Where the caller reaches this gateway, as far as its request shows; a proxy in front speaks TLS.
LLMX_DECL [[nodiscard]] std::string own_url(const http_request_head& head) {
    const std::string_view host = head.find("x-forwarded-host").empty() ? head.find("host") : head.find("x-forwarded-host");
    if (host.empty() || host.find_first_of("/\\ \"<>?#@") != std::string_view::npos) return std::string();
    return std::string(head.find("x-forwarded-proto") == "https" ? "https://" : "http://").append(host);
}

LLMX_DECL boost::asio::awaitable<void> answer_batch(server_connection& peer, const resource_record& r, bool anthropic) {
    const std::string text = json_text(anthropic ? shown_message_batch(r, own_url(peer.head())) : r.shown);
    co_await peer.reply(200, "application/json", text);
}

/// The members of a new batch.
LLMX_DECL void begin_batch(resource_record& r, const std::string& id, std::string_view endpoint, std::int64_t now, const resource_owner& owner) {
    r.owner_tag = owner.tag;
    boost::json::object& o = r.shown;
    o["id"] = id;
    o["object"] = "batch";
    o["endpoint"] = endpoint;
    for (const std::string_view name : {"errors", "output_file_id", "error_file_id", "in_progress_at", "finalizing_at", "completed_at", "failed_at",
                                        "expired_at", "cancelling_at", "cancelled_at", "metadata"})
        o[name] = nullptr;
    o["completion_window"] = "24h";
    o["status"] = "validating";
    o["created_at"] = now;
    o["expires_at"] = now + batch_window_seconds;
    boost::json::object counts;
    counts["total"] = counts["completed"] = counts["failed"] = 0;
    o["request_counts"] = std::move(counts);
    if (!owner.id.empty()) r.inside["owner"] = owner.id;
}

/// Takes what a vendor answered about its batch into \p r: the ids become those of the gateway.
LLMX_DECL [[nodiscard]] result<void> take_vendor_batch(resources& all, const resource_owner& owner, const std::string& deployment,
                                                       const boost::json::object& theirs, resource_record& r) {
    for (const auto& member : theirs) {
        if (member.key() == "id" || member.key() == "input_file_id") continue;
        const bool file = member.key() == "output_file_id" || member.key() == "error_file_id";
        if (!file || !member.value().is_string()) {
            r.shown[member.key()] = member.value();
            continue;
        }
        const result<std::string> id = all.ids.make(owner.id, resource_ref(deployment, text_of(theirs, member.key())));
        if (!id) return id.error();
        r.shown[member.key()] = *id;
    }
    return success();
}

/// An answer of a vendor that is no success, for the caller.
LLMX_DECL [[nodiscard]] error vendor_refused(const vendor_answer& answer) {
    std::string words;
    if (const result<boost::json::object> read = parse_json_object(answer.body); read)
        if (const auto* const e = read->if_contains("error"); e != nullptr && e->is_object()) words = text_of(e->get_object(), "message");
    error why(answer.head.status < 500 ? errc::invalid_request : errc::bad_response, words.empty() ? std::string("the vendor refused the request") : words);
    return why.with_provider_status(answer.head.status);
}

/// Makes a batch of the vendor's file \p file at \p deployment.
LLMX_DECL boost::asio::awaitable<result<void>> create_at_vendor(server_connection& peer, resources& all, const any_service& gateway, const topology& served,
                                                                const resource_owner& owner, const resource_ref& file, const boost::json::object& asked,
                                                                resource_record& r) {
    const model_group* const group = served.find(pinned_model(file.deployment));
    const resource_vendor* const vendor = group == nullptr ? nullptr : find_resource_vendor(group->members.front()->provider);
    if (vendor == nullptr || !vendor->batches)
        co_return error(errc::invalid_request, "the vendor that has the file has no batches: upload the file for purpose 'batch' without naming a vendor")
            .with_param("input_file_id");
    boost::json::object sent = asked;
    for (const std::string_view name : {"custom_llm_provider", "model"}) sent.erase(name);
    sent["input_file_id"] = file.id;
    vendor_ask ask;
    ask.method = "POST";
    ask.path = std::string(vendor->root).append("/batches");
    ask.content_type = "application/json";
    ask.body = json_text(sent);
    call& c = peer.open_call();
    const result<vendor_answer> answer = co_await ask_vendor(gateway, c, file.deployment, ask, max_resource_answer);
    if (!answer) co_return answer.error();
    if (answer->head.status >= 300) co_return vendor_refused(*answer);
    const result<boost::json::object> theirs = parse_json_object(answer->body);
    if (!theirs || text_of(*theirs, "id").empty()) co_return error(errc::bad_response, "the vendor answered with something that is no batch");
    const resource_ref ref(file.deployment, text_of(*theirs, "id"));
    const result<std::string> id = all.ids.make(owner.id, ref);
    if (!id) co_return id.error();
    r.name = new_resource_name(all, peer.on(), &ref);
    r.inside["deployment"] = ref.deployment;
    r.inside["id"] = ref.id;
    result<void> taken = take_vendor_batch(all, owner, ref.deployment, *theirs, r);
    r.shown["id"] = *id;
    co_return taken;
}

/// What a request for a batch of OpenAI's must have.
LLMX_DECL [[nodiscard]] result<void> check_batch(const boost::json::object& asked) {
    const auto missing = [](std::string_view name) {
        return error(errc::invalid_request, std::string("Missing required parameter: '").append(name).append("'.")).with_param(std::string(name));
    };
    if (text_of(asked, "input_file_id").empty()) return missing("input_file_id");
    const std::string endpoint = text_of(asked, "endpoint");
    if (endpoint.empty()) return missing("endpoint");
    if (find_batch_url(endpoint) == nullptr)
        return error(errc::invalid_request, "a batch cannot be for this endpoint: send /v1/chat/completions, /v1/responses, /v1/embeddings, /v1/completions, "
                                            "/v1/moderations or /v1/messages")
            .with_param("endpoint");
    if (text_of(asked, "completion_window") != "24h")
        return error(errc::invalid_request, "the completion_window must be '24h'").with_param("completion_window");
    if (const auto* const m = asked.if_contains("metadata"); m != nullptr && !m->is_null()) {
        if (!m->is_object() || m->get_object().size() > 16)
            return error(errc::invalid_request, "metadata is an object of at most 16 texts").with_param("metadata");
        for (const auto& one : m->get_object())
            if (!one.value().is_string() || one.key().size() > 64 || one.value().get_string().size() > 512)
                return error(errc::invalid_request, "metadata has keys of at most 64 and texts of at most 512 bytes").with_param("metadata");
    }
    return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> create_batch(server_connection& peer, const std::shared_ptr<resources>& all, const any_service& gateway,
                                                            const topology& served, const resource_owner& owner, resource_record& r) {
    cancellation& stop = peer.context().cancellation;
    const result<boost::json::object> asked = parse_json_object(peer.body());
    if (!asked) co_return asked.error();
    const result<void> good = check_batch(*asked);
    if (!good) co_return good;
    const std::string input = text_of(*asked, "input_file_id");
    result<resource_ref> ref = all->ids.read(owner.id, input);
    if (!ref) co_return error(ref.error()).with_param("input_file_id");
    std::optional<resource_record> file;
    if (ref->is_own()) {
        result<std::optional<resource_record>> found = co_await find_record(*all, "file", owner.tag, *ref, stop);
        if (!found) co_return found.error();
        file = std::move(*found);
        if (!file) co_return error(errc::not_found, "there is no such file; it may have been deleted").with_param("input_file_id");
        if (text_of(file->shown, "purpose") != "batch")
            co_return error(errc::invalid_request, "the file must have the purpose 'batch'").with_param("input_file_id");
        resource_choice choice = choice_of(peer.head());
        if (const std::string named = text_of(*asked, "custom_llm_provider"); !named.empty()) choice.provider = named;
        if (choice.provider.empty()) choice.provider = text_of(file->inside, "provider");
        const resource_vendor* const vendor = find_resource_vendor(choice.provider);
        if (choice.provider.empty() && all->options.native_batches) {
            std::string targets = text_of(*asked, "model");
            for (const std::string& named : {choice.model, text_of(file->inside, "targets"), text_of(file->inside, "model")})
                if (targets.empty()) targets = named;
            const result<std::optional<resource_ref>> moved =
                co_await move_by_model(peer, *all, gateway, served, owner, *file, targets, text_of(*asked, "endpoint"));
            if (!moved) co_return moved.error();
            if (*moved) ref = **moved;
        }
        if (vendor != nullptr && vendor->batches && all->options.native_batches) {
            const result<const deployment*> where =
                resource_deployment(served, peer.context().principal.get(), choice.model, choice.provider, std::span<const std::string_view>());
            if (!where) co_return where.error();
            ref = co_await move_to_vendor(peer, *all, gateway, **where, owner, *file);
            if (!ref) co_return ref.error();
        }
    }
    r.kind = "batch";
    begin_batch(r, std::string(), text_of(*asked, "endpoint"), peer.on().unix_seconds(), owner);
    r.shown["input_file_id"] = input;
    if (const auto* const m = asked->if_contains("metadata"); m != nullptr) r.shown["metadata"] = *m;
    if (!ref->is_own()) {
        const result<void> made = co_await create_at_vendor(peer, *all, gateway, served, owner, *ref, *asked, r);
        if (!made) co_return made;
    } else {
        r.name = new_resource_name(*all, peer.on());
        const result<std::string> id = all->ids.make(owner.id, resource_ref(std::string(), "batch_" + r.name));
        if (!id) co_return id.error();
        r.shown["id"] = *id;
        r.inside["input"] = file->name;
        r.inside["output"] = new_resource_name(*all, peer.on());
        r.inside["errors"] = new_resource_name(*all, peer.on());
    }
    result<void> kept = co_await add_record(*all, r, stop);
    co_return kept;
}

/// Whether \p id is a custom_id of Anthropic's: ^[a-zA-Z0-9_-]{1,64}$ (platform.claude.com/docs/en/api/messages/batches/create).
LLMX_DECL [[nodiscard]] bool is_message_custom_id(std::string_view id) noexcept {
    return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

/// Writes the requests of an Anthropic batch as the lines of a file.
LLMX_DECL [[nodiscard]] result<std::string> message_lines(std::string_view body, std::size_t most) {
    std::string_view requests;
    const result<void> sound = scan_json_members(body, [&requests](const json_member& m) {
        if (m.named("requests")) requests = m.value;
    });
    if (!sound) return sound.error();
    if (!requests.starts_with('[')) return error(errc::invalid_request, "requests: Field required").with_param("requests");
    std::string out;
    std::size_t count = 0;
    std::unordered_set<std::string> ids;
    const result<void> read = scan_json_elements(requests, [&](const json_member& one) -> result<void> {
        std::string_view id, params;
        const std::string at = "requests[" + std::to_string(count) + "]";
        const result<void> inner = scan_json_members(one.value, [&](const json_member& m) {
            if (m.named("custom_id")) id = m.value;
            else if (m.named("params")) params = m.value;
        });
        if (!inner) return inner;
        if (!is_json_string(id)) return error(errc::invalid_request, at + ".custom_id: Field required").with_param(at + ".custom_id");
        std::string plain = unescape_json_string(id);
        if (!is_message_custom_id(plain))
            return error(errc::invalid_request, at + ".custom_id: send 1 to 64 letters, digits, '_' and '-'").with_param(at + ".custom_id");
        if (!ids.insert(std::move(plain)).second)
            return error(errc::invalid_request, at + ".custom_id: an earlier request has this custom_id; send another one for each request")
                .with_param(at + ".custom_id");
        if (!params.starts_with('{')) return error(errc::invalid_request, at + ".params: Field required").with_param(at + ".params");
        if (++count > most) return error(errc::invalid_request, "the batch has more than " + std::to_string(most) + " requests").with_param("requests");
        std::string line(params);
        put_on_one_line(line);
        out.append(R"({"custom_id":)").append(id).append(R"(,"method":"POST","url":"/v1/messages","body":)").append(line).append("}\n");
        return success();
    });
    if (!read) return read.error();
    if (count == 0) return error(errc::invalid_request, "requests: a batch has at least one request").with_param("requests");
    return out;
}

LLMX_DECL boost::asio::awaitable<result<void>> create_message_batch(server_connection& peer, const std::shared_ptr<resources>& all, const resource_owner& owner,
                                                                    resource_record& r) {
    cancellation& stop = peer.context().cancellation;
    result<std::string> lines = message_lines(peer.body(), all->options.max_batch_lines);
    if (!lines) co_return lines.error();
    // What is wrong with a line is known before the batch is made, as Anthropic answers it.
    std::size_t total = 0;
    for (std::size_t at = 0; at < lines->size(); ++total) {
        const std::size_t end = lines->find('\n', at);
        batch_line read;
        const std::optional<batch_fault> fault = read_batch_line(std::string_view(*lines).substr(at, end - at), "/v1/messages", read);
        const std::string place = "requests." + std::to_string(total);
        if (fault) co_return error(errc::invalid_request, place + ": " + fault->message).with_param(place);
        if (end - at > all->options.max_line_bytes)
            co_return error(errc::payload_too_large, place + ": a request of a batch has at most " + std::to_string(all->options.max_line_bytes) + " bytes")
                .with_param(place);
        at = end + 1;
    }
    r.kind = "msgbatch";
    r.name = new_resource_name(*all, peer.on());
    const result<std::string> id = all->ids.make(owner.id, resource_ref(std::string(), "msgbatch_" + r.name));
    if (!id) co_return id.error();
    begin_batch(r, *id, "/v1/messages", peer.on().unix_seconds(), owner);
    r.shown["request_counts"].as_object()["total"] = static_cast<std::int64_t>(total);
    const std::string input = new_resource_name(*all, peer.on());
    r.inside["input"] = input;
    r.inside["output"] = new_resource_name(*all, peer.on());
    r.inside["errors"] = new_resource_name(*all, peer.on());
    result<void> kept = co_await all->options.blobs->put(file_blob(input), std::move(*lines), stop);
    if (kept) kept = co_await add_record(*all, r, stop);
    co_return kept;
}

/// Brings \p r, a batch of a vendor, up to date; \p cancel: cancels it there.
LLMX_DECL boost::asio::awaitable<result<void>> refresh_vendor_batch(server_connection& peer, resources& all, const any_service& gateway, const topology& served,
                                                                    const resource_owner& owner, resource_record& r, bool cancel) {
    if (is_final_state(text_of(r.shown, "status")) && !cancel) co_return success();
    const std::string deployment = text_of(r.inside, "deployment");
    const model_group* const group = served.find(pinned_model(deployment));
    const resource_vendor* const vendor = group == nullptr ? nullptr : find_resource_vendor(group->members.front()->provider);
    if (vendor == nullptr) co_return error(errc::not_found, "the deployment that has this batch is no longer configured");
    vendor_ask ask;
    ask.method = cancel ? "POST" : "GET";
    ask.path = std::string(vendor->root).append("/batches/");
    append_percent_encoded(ask.path, text_of(r.inside, "id"));
    if (cancel) ask.path += "/cancel";
    call& c = peer.open_call();
    const result<vendor_answer> answer = co_await ask_vendor(gateway, c, deployment, ask, max_resource_answer);
    if (!answer) co_return answer.error();
    if (answer->head.status >= 300) co_return vendor_refused(*answer);
    const result<boost::json::object> theirs = parse_json_object(answer->body);
    if (!theirs) co_return error(errc::bad_response, "the vendor answered with something that is no batch");
    const result<void> taken = take_vendor_batch(all, owner, deployment, *theirs, r);
    if (!taken) co_return taken;
    result<void> kept = co_await save_record(all, r, peer.context().cancellation);
    co_return kept;
}

LLMX_DECL boost::asio::awaitable<result<void>> cancel_batch(server_connection& peer, const std::shared_ptr<resources>& all, resource_record& r,
                                                            const std::shared_ptr<batch_job>& job) {
    const std::string status = text_of(r.shown, "status");
    // Anthropic answers a batch that has ended with itself.
    if (is_final_state(status) && r.kind == "msgbatch") co_return success();
    if (is_final_state(status)) co_return error(errc::conflict, "Cannot cancel a batch with status '" + status + "'.");
    if (job != nullptr) {
        job->cancel(peer.on().unix_seconds());
        r = job->now();
    } else {
        r.shown["status"] = "cancelling";
        r.shown["cancelling_at"] = peer.on().unix_seconds();
    }
    // The job may have ended meanwhile, and its record is the last word then.
    if (is_final_state(text_of(r.shown, "status"))) co_return success();
    result<void> kept = co_await save_record(*all, r, peer.context().cancellation);
    co_return kept;
}

LLMX_DECL boost::asio::awaitable<void> delete_message_batch(server_connection& peer, resources& all, const resource_record& r) {
    cancellation& stop = peer.context().cancellation;
    if (!is_final_state(text_of(r.shown, "status"))) {
        const error busy(errc::invalid_request, "a batch that has not ended cannot be deleted: cancel it first");
        co_await peer.fail(busy);
        co_return;
    }
    result<bool> gone = true;
    for (const std::string_view name : {std::string_view("input"), std::string_view("output"), std::string_view("errors")}) {
        const std::string key = file_blob(text_of(r.inside, name));
        if (gone) gone = co_await all.options.blobs->erase(key, stop);
    }
    const std::string record = r.key();
    if (gone) gone = co_await all.options.blobs->erase(record, stop);
    if (!gone) {
        co_await peer.fail(gone.error());
        co_return;
    }
    boost::json::object o;
    o["id"] = text_of(r.shown, "id");
    o["type"] = "message_batch_deleted";
    const std::string text = json_text(o);
    co_await peer.reply(200, "application/json", text);
}

LLMX_DECL boost::asio::awaitable<void> list_batches(server_connection& peer, const std::shared_ptr<resources>& all, const any_service& gateway,
                                                    const topology& served, const resource_owner& owner, bool anthropic) {
    const std::function<bool(const resource_record&)> every;
    const std::string_view kind = anthropic ? "msgbatch" : "batch";
    result<record_page> page = co_await read_page(*all, peer, kind, owner, every);
    if (!page) {
        co_await peer.fail(page.error());
        co_return;
    }
    for (resource_record& r : page->rows) {
        if (const auto job = all->running(r.name); job != nullptr) r = job->now();
        // A vendor that does not answer leaves what was known.
        else if (r.inside.if_contains("deployment") != nullptr) (void)co_await refresh_vendor_batch(peer, *all, gateway, served, owner, r, false);
        if (anthropic) r.shown = shown_message_batch(r, own_url(peer.head()));
    }
    const std::string text = page_text(*page);
    co_await peer.reply(200, "application/json", text);
}

LLMX_DECL boost::asio::awaitable<void> serve_batches(server_connection& peer, std::shared_ptr<resources> all, const any_service& gateway,
                                                     const topology& served, bool anthropic) {
    const resource_path form = static_cast<resource_path>(peer.match().form);
    const std::string_view method = peer.head().method;
    const result<resource_owner> owner = owner_of(*all, peer);
    result<void> good = success();
    if (!owner) good = owner.error();
    resource_record r;
    if (good && form == resource_path::list && method == "POST") {
        if (anthropic) good = co_await create_message_batch(peer, all, *owner, r);
        else good = co_await create_batch(peer, all, gateway, served, *owner, r);
        if (good && r.inside.if_contains("deployment") == nullptr) {
            const auto job = std::make_shared<batch_job>(all, gateway, r);
            // Without a place for its task it begins at the next start; the caller sees that it waits.
            (void)job->start(peer.on());
        }
        if (good) co_await answer_batch(peer, r, anthropic);
        else co_await peer.fail(good.error());
        co_return;
    }
    if (good && form == resource_path::list) {
        co_await list_batches(peer, all, gateway, served, *owner, anthropic);
        co_return;
    }
    result<resource_ref> ref = error(errc::not_found);
    if (good) ref = all->ids.read(owner->id, peer.match().name);
    std::optional<resource_record> found;
    if (ref) {
        const std::string_view kind = anthropic ? "msgbatch" : "batch";
        result<std::optional<resource_record>> read = co_await find_record(*all, kind, owner->tag, *ref, peer.context().cancellation);
        if (!read) good = read.error();
        else found = std::move(*read);
    } else if (good) {
        good = ref.error();
    }
    if (good && !found) good = error(errc::not_found, "there is no such batch");
    if (!good) {
        co_await peer.fail(good.error());
        co_return;
    }
    const std::shared_ptr<batch_job> job = all->running(found->name);
    if (job != nullptr) *found = job->now();
    const bool vendors = found->inside.if_contains("deployment") != nullptr;
    const bool results = anthropic && peer.head().path.ends_with("/results");
    if (anthropic && method == "DELETE") {
        co_await delete_message_batch(peer, *all, *found);
        co_return;
    }
    if (results && !is_final_state(text_of(found->shown, "status"))) {
        const error early(errc::invalid_request, "the batch has not ended: its results are there when processing_status is 'ended'");
        co_await peer.fail(early);
        co_return;
    }
    if (results) {
        co_await send_blob(peer, *all, file_blob(text_of(found->inside, "output")), "application/x-jsonl");
        co_return;
    }
    const bool cancel = form == resource_path::verb;
    if (vendors) good = co_await refresh_vendor_batch(peer, *all, gateway, served, *owner, *found, cancel);
    else if (cancel) good = co_await cancel_batch(peer, all, *found, job);
    if (good) co_await answer_batch(peer, *found, anthropic);
    else co_await peer.fail(good.error());
}

} // namespace detail

LLMX_DECL void resume_batches(std::shared_ptr<resources> all, runtime& on, any_service gateway) {
    (void)on.background().post([all = std::move(all), &on, gateway = std::move(gateway)](cancellation& stop) {
        return detail::find_begun_batches(all, on, gateway, stop);
    });
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
