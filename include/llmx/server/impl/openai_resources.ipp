// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/endpoints/openai_resources.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/wire/forwarded_path.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/multipart.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace llmx::inline LLMX_ABI::detail {

/// Replaces the gateway's ids in a request by the vendor's, and finds the account that they are of.
class resource_request {
public:
    resource_request(const resources& all, const resource_owner& owner) noexcept : all_(&all), owner_(&owner) {}

    /// The vendor's id for \p text when it is one of the gateway; nothing when it is no id of the gateway. A wrong one is a failure.
    LLMX_DECL [[nodiscard]] std::optional<std::string> id_of(std::string_view text) {
        if (failure || !resource_ids::has_form(text)) return std::nullopt;
        result<resource_ref> ref = all_->ids.read(owner_->id, text);
        if (!ref) {
            failure = ref.error();
            return std::nullopt;
        }
        if (ref->is_own()) {
            failure = error(errc::invalid_request, "the file is kept by the gateway and not by the vendor: upload it for the purpose that it is to have there");
            return std::nullopt;
        }
        if (!deployment.empty() && deployment != ref->deployment) {
            failure = error(errc::invalid_request, "the request names things of two accounts: all of them must be of one");
            return std::nullopt;
        }
        deployment = ref->deployment;
        return std::move(ref->id);
    }
    /// \p path with its segments replaced.
    LLMX_DECL [[nodiscard]] std::string path_of(std::string_view path) {
        std::string out;
        while (!path.empty()) {
            path.remove_prefix(1);
            const std::string_view one = path.substr(0, path.find('/'));
            path.remove_prefix(one.size());
            out += '/';
            if (const std::optional<std::string> id = id_of(one)) append_percent_encoded(out, *id);
            else out += one;
        }
        return out;
    }
    /// \p query with its values replaced, without what is for the gateway.
    LLMX_DECL [[nodiscard]] std::string query_of(std::string_view query) {
        std::string out;
        while (!query.empty()) {
            const std::string_view pair = query.substr(0, query.find('&'));
            query.remove_prefix(std::min(query.size(), pair.size() + 1));
            const std::size_t sign = std::min(pair.find('='), pair.size());
            const std::string_view key = pair.substr(0, sign), value = pair.substr(std::min(pair.size(), sign + 1));
            if (key.empty() || key == "key" || key == "model" || key == "custom_llm_provider") continue;
            if (!out.empty()) out += '&';
            out.append(key);
            if (sign == pair.size()) continue;
            out += '=';
            if (const std::optional<std::string> id = id_of(value)) append_percent_encoded(out, *id);
            else out += value;
        }
        return out;
    }

    std::string deployment;
    std::optional<error> failure;

private:
    const resources* all_;
    const resource_owner* owner_;
};

/// Whether the string \p one of a vendor's answer is the id of a thing that a caller may name alone.
LLMX_DECL [[nodiscard]] bool is_resource_id(const json_strings::item& one) noexcept {
    if (one.escaped || one.value.size() > 256) return false;
    const std::string_view key = one.key;
    const bool named = key == "id" || key.ends_with("_id") || key.ends_with("_ids") || key.ends_with("_file") || key.ends_with("_files");
    if (!named || key == "custom_id") return false;
    for (const resource_tree& t : resource_trees)
        if (one.value.starts_with(t.beginning)) return true;
    return one.value.starts_with("file-") || one.value.starts_with("assistant-") || one.value.starts_with("batch_");
}

/// What a JSON body says for the gateway.
struct resource_body {
    resource_body() = default;
    std::string text, provider, model;
};
/// Reads \p json, for the caller \p who, which may be null.
LLMX_DECL [[nodiscard]] result<resource_body> read_resource_body(std::string_view json, const principal* who, resource_request& request) {
    resource_body out;
    std::size_t cut_begin = 0, cut_end = 0;
    const result<void> sound = scan_json_members(json, [&](const json_member& m) {
        if (m.named("model") && is_json_string(m.value)) out.model = unescape_json_string(m.value);
        if (!m.named("custom_llm_provider") || !is_json_string(m.value)) return;
        out.provider = unescape_json_string(m.value);
        cut_begin = m.key_begin;
        cut_end = m.end;
    });
    if (!sound) return sound.error();
    std::string kept(json);
    if (cut_end != 0) {
        // With the comma behind it, or else with that before it.
        std::size_t end = kept.find_first_not_of(" \t\r\n", cut_end), begin = cut_begin;
        if (end != std::string::npos && kept[end] == ',') ++end;
        else if (const std::size_t before = kept.find_last_not_of(" \t\r\n", cut_begin - 1); kept[before] == ',') begin = before;
        kept.erase(begin, (end == std::string::npos ? cut_end : std::max(end, cut_end)) - begin);
    }
    std::optional<error> refused;
    out.text = with_json_strings(kept, [&](const json_strings::item& one) -> std::optional<std::string> {
        const std::string value = one.escaped ? unescape_json_string(one.value) : std::string(one.value);
        if (one.key == "model" && who != nullptr && !who->may_use(value))
            refused = error(errc::permission_denied, "the key '" + who->alias + "' may not use the model '" + value + "'").with_param("model");
        return request.id_of(value);
    });
    if (refused) return *refused;
    return out;
}

/// What belongs to one request while its answer is relayed.
struct resource_answer {
    resources* all = nullptr;
    server_connection* peer = nullptr;
    const resource_owner* owner = nullptr;
    std::string deployment, kind;
    /// A thing of the first level is made, or is the answer.
    bool made = false, gone = false;

    LLMX_DECL [[nodiscard]] std::optional<std::string> change(const json_strings::item& one) const {
        if (!is_resource_id(one)) return std::nullopt;
        const result<std::string> id = all->ids.make(owner->id, resource_ref(deployment, std::string(one.value)));
        if (!id) return std::string();
        return *id;
    }
    LLMX_DECL boost::asio::awaitable<result<void>> keep(std::string& text) const;
};

LLMX_DECL boost::asio::awaitable<result<void>> resource_answer::keep(std::string& text) const {
    const result<boost::json::object> read = parse_json_object(text);
    if (!read) co_return success();
    std::string id = text_of(*read, "id");
    // A run that makes its thread names it beside its own id.
    const std::string thread = text_of(*read, "thread_id");
    const bool of_run = kind == "threads" && !thread.empty() && text_of(*read, "object") == "thread.run";
    if (of_run) id = thread;
    const result<resource_ref> ref = all->ids.read(owner->id, id);
    if (!ref) co_return success();
    cancellation& stop = peer->context().cancellation;
    result<std::optional<resource_record>> there = co_await find_record(*all, kind, owner->tag, *ref, stop);
    if (!there) co_return there.error();
    if (gone) {
        if (*there) (void)co_await all->options.blobs->erase((*there)->key(), stop);
        co_return success();
    }
    resource_record r;
    if (*there) r = std::move(**there);
    else if (!made) co_return success();
    const bool fresh = r.name.empty();
    if (fresh) {
        r.kind = kind;
        r.owner_tag = owner->tag;
        r.name = new_resource_name(*all, peer->on(), &*ref);
        r.inside["deployment"] = ref->deployment;
        r.inside["id"] = ref->id;
    }
    if (of_run) {
        if (!fresh) co_return success();
        r.shown["id"] = id;
        r.shown["object"] = "thread";
        r.shown["created_at"] = whole_of(*read, "created_at");
    } else {
        r.shown = *read;
    }
    result<void> kept = success();
    if (fresh) kept = co_await add_record(*all, r, stop);
    else kept = co_await save_record(*all, r, stop);
    co_return kept;
}

/// Where things of \p tree are at the vendor of the deployment \p deployment; null when it has none.
LLMX_DECL [[nodiscard]] const resource_vendor* vendor_of(const topology& served, std::string_view deployment) noexcept {
    const model_group* const group = served.find(pinned_model(deployment));
    const resource_vendor* const vendor = group == nullptr ? nullptr : find_resource_vendor(group->members.front()->provider);
    return vendor != nullptr && vendor->others ? vendor : nullptr;
}

LLMX_DECL boost::asio::awaitable<void> list_resources(server_connection& peer, resources& all, const any_service& gateway, const topology& served,
                                                      const resource_owner& owner, const resource_tree& tree) {
    const std::string kind(tree.root.substr(1));
    const std::function<bool(const resource_record&)> every;
    std::string plain = kind;
    std::replace(plain.begin(), plain.end(), '/', '-');
    result<record_page> page = co_await read_page(all, peer, plain, owner, every);
    if (!page) {
        co_await peer.fail(page.error());
        co_return;
    }
    static constexpr std::array<std::string_view, 6> last = {"succeeded", "failed", "cancelled", "completed", "expired", ""};
    for (resource_record& r : page->rows) {
        const std::string status = text_of(r.shown, "status"), deployment = text_of(r.inside, "deployment");
        const resource_vendor* const vendor = vendor_of(served, deployment);
        if (vendor == nullptr || std::find(last.begin(), last.end(), status) != last.end()) continue;
        vendor_ask ask;
        ask.path = std::string(vendor->root).append(tree.root).append("/");
        append_percent_encoded(ask.path, text_of(r.inside, "id"));
        call& c = peer.open_call();
        const result<vendor_answer> answer = co_await ask_vendor(gateway, c, deployment, ask, max_resource_answer);
        // A vendor that does not answer leaves what was known.
        if (!answer || answer->head.status >= 300) continue;
        resource_answer of;
        of.all = &all;
        of.owner = &owner;
        of.deployment = deployment;
        const result<boost::json::object> now =
            parse_json_object(with_json_strings(answer->body, [&of](const json_strings::item& one) { return of.change(one); }));
        if (!now) continue;
        r.shown = *now;
        (void)co_await save_record(all, r, peer.context().cancellation);
    }
    const std::string text = page_text(*page);
    co_await peer.reply(200, "application/json", text);
}

/// The form \p body of the media type \p type with the vendor's ids in fields that have the gateway's. Files stay byte for byte.
LLMX_DECL [[nodiscard]] result<std::string> change_form_ids(std::string_view body, std::string_view type, resource_request& request) {
    const result<std::string> boundary = multipart_boundary(type);
    if (!boundary) return error(boundary.error()).with_param("content-type");
    multipart_parser parser(*boundary);
    std::string out, field;
    bool in_field = false;
    const auto end_field = [&] {
        const std::optional<std::string> theirs = in_field ? request.id_of(field) : std::nullopt;
        out += theirs ? *theirs : field;
        field.clear();
        in_field = false;
    };
    const result<void> read = parser.feed(body, [&](const multipart_event& e) -> result<void> {
        using kind = multipart_event::kind;
        if (e.what == kind::part) in_field = e.part->filename.empty();
        // The boundary comes before the end of the part.
        if (e.what == kind::framing || e.what == kind::part_end) end_field();
        std::string& to = e.what == kind::data && in_field ? field : out;
        to.append(e.raw);
        // No id is so long.
        if (in_field && field.size() > resource_ids::longest) {
            out.append(field);
            field.clear();
            in_field = false;
        }
        return success();
    });
    if (!read) return read.error();
    if (const result<void> whole = parser.finish(); !whole) return whole.error();
    return out;
}

LLMX_DECL boost::asio::awaitable<void> serve_resources(server_connection& peer, resources& all, const any_service& gateway, const topology& served) {
    const resource_tree& tree = resource_trees[peer.match().form];
    const http_request_head& head = peer.head();
    const std::string_view rest = peer.match().name;
    const principal* const who = peer.context().principal.get();
    const result<resource_owner> owner = owner_of(all, peer);
    if (!owner) {
        co_await peer.fail(owner.error());
        co_return;
    }
    if (head.method == "GET" && (rest.empty() || rest == "/")) {
        co_await list_resources(peer, all, gateway, served, *owner, tree);
        co_return;
    }
    resource_request request(all, *owner);
    vendor_ask ask;
    ask.method = head.method;
    const std::string below = request.path_of(rest);
    ask.query = request.query_of(head.query);
    result<void> good = check_forwarded_path(std::string(tree.root).append(rest == "/" ? std::string_view() : rest));
    const std::string_view first = rest.substr(0, rest.find('/', 1));
    const bool makes = head.method == "POST" && (rest.empty() || rest == "/" || rest == tree.maker);
    if (good && request.failure) good = *request.failure;
    if (good && !makes && !resource_ids::has_form(first.empty() ? first : first.substr(1)))
        good = error(errc::not_found, "there is no such id: ids of this gateway are those that it has given");
    const std::string_view type = head.find("content-type");
    const bool json = !peer.body().empty() && !type.starts_with("multipart/");
    resource_choice choice = choice_of(head);
    std::string named;
    if (good && json) {
        result<resource_body> body = read_resource_body(peer.body(), who, request);
        if (!body) good = body.error();
        else if (request.failure) good = *request.failure;
        if (good) {
            ask.body = std::move(body->text);
            if (!body->provider.empty()) choice.provider = body->provider;
            if (choice.model.empty()) named = body->model;
        }
    } else if (good && !peer.body().empty()) {
        result<std::string> form = change_form_ids(peer.body(), type, request);
        if (!form) good = form.error();
        else if (request.failure) good = *request.failure;
        else ask.body = std::move(*form);
    }
    std::string deployment = request.deployment;
    if (good && deployment.empty()) {
        // A model of the vendor's own need not be one of the gateway.
        if (choice.model.empty() && served.find(named) != nullptr) choice.model = named;
        static constexpr std::array<std::string_view, 2> vendors = {"openai", "azure"};
        const result<const llmx::deployment*> found = resource_deployment(served, who, choice.model, choice.provider, vendors);
        if (!found) good = found.error();
        else if (*found == nullptr)
            good = error(errc::not_found, "no vendor with these things is served: the gateway has no deployment of OpenAI or Azure OpenAI");
        else deployment = (*found)->id;
    }
    const resource_vendor* const vendor = good ? vendor_of(served, deployment) : nullptr;
    if (good && vendor == nullptr)
        good = error(errc::unsupported_operation, "the vendor of this deployment has no such things; name another by custom_llm_provider or model");
    if (!good) {
        co_await peer.fail(good.error());
        co_return;
    }
    ask.path = std::string(vendor->root).append(tree.root).append(below == "/" ? std::string() : below);
    if (!ask.body.empty()) ask.content_type = type.empty() ? std::string("application/json") : std::string(type);
    for (const http_field& f : head.fields)
        if (iequals(f.name, "openai-beta") || iequals(f.name, "accept")) ask.fields.push_back(f);
    resource_answer answer;
    answer.all = &all;
    answer.peer = &peer;
    answer.owner = &*owner;
    answer.deployment = deployment;
    answer.kind = tree.root.substr(1);
    std::replace(answer.kind.begin(), answer.kind.end(), '/', '-');
    answer.made = makes;
    const bool whole = rest.find('/', 1) == std::string_view::npos || rest.ends_with("/cancel") || rest.ends_with("/complete");
    answer.gone = head.method == "DELETE" && whole;
    vendor_relay how;
    how.change = [&answer](const json_strings::item& one) { return answer.change(one); };
    if (whole || makes) how.keep = [&answer](std::string& text) { return answer.keep(text); };
    co_await relay_vendor(peer, gateway, deployment, ask, how);
}

} // namespace llmx::inline LLMX_ABI::detail

#endif // LLMX_NO_TLS
