// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/dialects/openai/responses.hpp>
#include <llmx/gateway/pass_through.hpp>
#include <llmx/server/detail/conversations.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/detail/response_keeper.hpp>
#include <llmx/server/detail/response_work.hpp>
#include <llmx/server/detail/run_response.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/facade.hpp>
#include <llmx/server/response_store.hpp>
#include <llmx/service/background.hpp>
#include <llmx/wire/json_writer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// What of OpenAI's paths below `/responses` and `/conversations` a request is for.
enum class responses_path : std::uint8_t { create, one, cancel, input_items, compact, conversations };
/// `method` and `path` of a request; the name of the match is the id of the response.
LLMX_DECL [[nodiscard]] endpoint_match match_responses(std::string_view method, std::string_view path) noexcept;
/// `starting_after` of a query as the number of the first event to send; fails when it is no number.
LLMX_DECL [[nodiscard]] result<std::size_t> first_event(std::string_view query);
/// The rest of \p events from number \p first on.
LLMX_DECL [[nodiscard]] std::string_view events_from(std::string_view events, std::size_t first) noexcept;
/// Sends the events of \p job from number \p first on, until none will follow.
LLMX_DECL boost::asio::awaitable<void> follow_job(server_connection& peer, std::shared_ptr<response_job> job, std::size_t first);
/// The job of a request in the background.
LLMX_DECL [[nodiscard]] std::shared_ptr<response_job> make_response_job(server_connection& peer, response_keeper& keeper);
/// The path of the response \p id at \p d.
LLMX_DECL [[nodiscard]] std::string response_target(const deployment& d, std::string_view id);
/// That there is no response \p id.
LLMX_DECL [[nodiscard]] error no_such_response(std::string_view id);

} // namespace detail

/// OpenAI's Responses API with its state: `POST /v1/responses` and, for responses that are stored, `GET`, `DELETE`, `POST …/cancel`,
/// `GET …/input_items`, over each provider.
///
/// - A response is kept unless its request has `"store": false`, in a `response_store`, with its input. It belongs to the caller's
///   principal.
/// - `previous_response_id`: a deployment of the requested model that passed the response before to its vendor gets the request as it is.
///   Elsewhere the conversation is sent as a whole. An id that is not kept goes on to a vendor of the Responses API, and is a 400
///   for others.
/// - Ids of responses whose bytes passed are the vendor's, and the store has the deployment that each belongs to; others are the gateway's.
///   `DELETE` of the former reaches the deployment too.
/// - `"background": true` is executed in the background of the server for every provider, at most
///   `response_store_options::max_running` at a time; the response can be retrieved while it is made, streamed from any event on
///   (`?stream=true&starting_after=N`) and cancelled. It ends with the server: at the end of its drain it is cancelled.
/// - `POST /v1/responses/compact`: the model itself writes a summary, which stands for the conversation in later requests through this
///   gateway, to any provider. Its item is not encrypted. OpenAI's own compactions are made at its path `/openai/v1/responses/compact` alone.
/// - Conversations (`/v1/conversations`, with their items) are kept in the same store. A request that names one (`conversation`) is sent with
///   the conversation's items, to any provider, and what it adds is kept when the response is complete, `store` or not. An id that is not
///   kept goes on to a vendor of the Responses API, and is a 400 for others. An answer whose bytes pass has no member `conversation`.
///
/// An endpoint without a store keeps nothing: all of it but `POST /v1/responses` is an error that states so, and that is as
/// `openai_responses_endpoint` answers it. Copies share the store. Sources: OpenAI's OpenAPI description,
/// https://platform.openai.com/docs/guides/background and /conversation-state.
class openai_stored_responses_endpoint {
public:
    static constexpr std::string_view usage = "POST /v1/responses, GET and DELETE /v1/responses/{id}, POST /v1/responses/{id}/cancel, "
                                              "GET /v1/responses/{id}/input_items, /v1/conversations";
    static constexpr std::string_view language = openai_responses::name;
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }
    static void encode_error(const error& e, std::string& out) { openai_responses::encode_error(e, out); }
    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        return detail::match_responses(method, path);
    }

    LLMX_DECL openai_stored_responses_endpoint() : openai_stored_responses_endpoint(std::make_shared<response_store>()) {}
    /// \p store may be null.
    explicit openai_stored_responses_endpoint(std::shared_ptr<response_store> store) : store_(std::move(store)) {}

    template <server_gateway Gateway> boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        using detail::responses_path;
        switch (static_cast<responses_path>(peer.match().form)) {
        case responses_path::create: return create(peer, gateway);
        case responses_path::one: return peer.head().method == "DELETE" ? erase(peer, gateway) : retrieve(peer);
        case responses_path::cancel: return cancel(peer);
        case responses_path::input_items: return list(peer);
        case responses_path::compact: return compact(peer, gateway);
        case responses_path::conversations: break;
        }
        return detail::serve_conversations(peer, store_);
    }

private:
    using record_result = result<std::optional<detail::response_record>>;
    using job_ptr = std::shared_ptr<detail::response_job>;

    /// The failure of \p r, else \p other.
    template <class R> [[nodiscard]] static error why(const R& r, error other) {
        if (r.has_error()) return r.error();
        return other;
    }
    /// What an id that is not kept is to its caller.
    [[nodiscard]] static error unknown_or(const error& e, std::string_view id) {
        if (e.value() == errc::not_found) return detail::no_such_response(id);
        return e;
    }

    template <server_gateway Gateway> boost::asio::awaitable<void> create(server_connection& peer, Gateway& gateway) {
        result<detail::responses_demands> what = error(errc::cancelled);
        detail::demands_scanning scanning(peer.body(), what);
        if (peer.body().size() > offload_scan_above) (void)co_await peer.on().offload(scanning, peer.context().cancellation);
        else scanning.run();
        // What is no request is refused by the façade in its own words.
        const bool plain = store_ == nullptr || !what || (!what->store && !what->background && what->previous.empty() && what->conversation.empty());
        if (plain) {
            co_await facade<openai_responses>::serve(peer, gateway, request_target());
            co_return;
        }
        if (what->background && !what->store) {
            error wrong(errc::invalid_request, "background: a response in the background is stored; leave out \"store\": false");
            wrong.with_param("background");
            co_await peer.fail(wrong);
            co_return;
        }
        detail::response_keeper keeper(store_, peer, *what);
        const std::shared_ptr<const topology> served = gateway.world();
        const result<void> found = co_await keeper.resolve(*served);
        if (!found) {
            co_await peer.fail(found.error());
            co_return;
        }
        if (what->background) {
            co_await begin(peer, gateway, keeper, what->stream);
            co_return;
        }
        co_await facade<openai_responses, detail::response_keeper>::serve(peer, gateway, request_target(), false, nullptr, &keeper);
    }

    template <server_gateway Gateway>
    boost::asio::awaitable<void> begin(server_connection& peer, Gateway& gateway, detail::response_keeper& keeper, bool stream) {
        const request_target target;
        const result<request_head> head = openai_responses::scan_request(peer.body(), target);
        if (!head) {
            co_await peer.fail(head.error());
            co_return;
        }
        const job_ptr job = detail::make_response_job(peer, keeper);
        if (!job->memory.grow(job->asked.size() + job->body.size() + job->record.input.size())) {
            error full(errc::shed, "the gateway has no memory for the request now; try again later");
            full.with_retry_after(std::chrono::seconds(1));
            co_await peer.fail(full);
            co_return;
        }
        peer.log_model(detail::response_member(peer.body(), "model"), stream);
        bool begun = store_->begin(job);
        if (begun) {
            begun = peer.on().background().post(detail::response_run<Gateway>(gateway, peer.on(), peer.memory(), store_, job));
            if (!begun) store_->end(*job);
        }
        if (!begun) {
            error full(errc::shed, "too many responses are made in the background; try again later");
            full.with_retry_after(std::chrono::seconds(5));
            co_await peer.fail(full);
            co_return;
        }
        if (stream) {
            co_await detail::follow_job(peer, job, 0);
            co_return;
        }
        peer.scratch() = job->snapshot();
        co_await peer.reply(200, "application/json", peer.scratch());
    }

    /// The id of the path; fails the request when it is none. Empty then.
    [[nodiscard]] result<std::string> id_of(const server_connection& peer) const {
        std::string id;
        if (!detail::decode_name(peer.match().name, id) || id.size() > 256) return detail::no_such_response("");
        if (store_ == nullptr)
            return error(errc::not_found, "this gateway keeps no responses (general_settings.store_responses is false)");
        return id;
    }

    /// The response \p id; nothing when it is not kept, and the request has been answered so.
    LLMX_DECL boost::asio::awaitable<std::optional<detail::response_record>> find_or_fail(server_connection& peer, const std::string& owner,
                                                                               const std::string& id) {
        record_result found = co_await store_->find(owner, id, peer.context().cancellation);
        std::optional<detail::response_record> record;
        if (found) record = std::move(*found);
        if (!record) {
            const error none = why(found, detail::no_such_response(id));
            co_await peer.fail(none);
        }
        co_return record;
    }

    LLMX_DECL boost::asio::awaitable<void> retrieve(server_connection& peer) {
        const result<std::string> id = id_of(peer);
        const result<std::size_t> first = detail::first_event(peer.head().query);
        const bool stream = detail::query_value(peer.head().query, "stream") == "true";
        if (!id || (stream && !first)) {
            const error wrong = why(id, first.has_error() ? first.error() : error());
            co_await peer.fail(wrong);
            co_return;
        }
        const std::string owner = detail::response_owner(peer);
        const job_ptr job = store_->running(owner, *id);
        if (job != nullptr && stream) {
            co_await detail::follow_job(peer, job, *first);
            co_return;
        }
        if (job != nullptr) {
            peer.scratch() = job->snapshot();
            co_await peer.reply(200, "application/json", peer.scratch());
            co_return;
        }
        const std::optional<detail::response_record> found = co_await find_or_fail(peer, owner, *id);
        if (!found) co_return;
        if (!stream) {
            co_await peer.reply(200, "application/json", found->response);
            co_return;
        }
        const result<std::optional<std::string>> events = co_await store_->events(owner, *id, peer.context().cancellation);
        if (!events || !*events) {
            error none(errc::invalid_request, "stream: only the events of responses with \"background\": true are kept");
            none = why(events, none.with_param("stream"));
            co_await peer.fail(none);
            co_return;
        }
        peer.begin_stream("text/event-stream; charset=utf-8");
        (void)co_await peer.write(detail::events_from(**events, *first));
        (void)co_await peer.end_stream();
    }

    LLMX_DECL boost::asio::awaitable<void> cancel(server_connection& peer) {
        const result<std::string> id = id_of(peer);
        if (!id) {
            co_await peer.fail(id.error());
            co_return;
        }
        const std::string owner = detail::response_owner(peer);
        if (const job_ptr job = store_->running(owner, *id); job != nullptr) {
            job->cancel();
            peer.scratch() = job->snapshot();
            co_await peer.reply(200, "application/json", peer.scratch());
            co_return;
        }
        const std::optional<detail::response_record> found = co_await find_or_fail(peer, owner, *id);
        if (!found) co_return;
        if (!found->background) {
            const error wrong(errc::invalid_request, "only a response with \"background\": true can be cancelled");
            co_await peer.fail(wrong);
            co_return;
        }
        // It has ended, and stays as it is.
        co_await peer.reply(200, "application/json", found->response);
    }

    LLMX_DECL boost::asio::awaitable<void> list(server_connection& peer) {
        const result<std::string> id = id_of(peer);
        if (!id) {
            co_await peer.fail(id.error());
            co_return;
        }
        const std::string owner = detail::response_owner(peer);
        memory_lease memory(peer.memory());
        result<detail::response_history> before = error(errc::not_found);
        if (const job_ptr job = store_->running(owner, *id); job != nullptr) {
            const std::string previous = job->record.previous;
            if (!previous.empty()) before = co_await store_->history(owner, previous, memory, peer.context().cancellation);
            if (!before) before = detail::response_history();
            detail::response_record& own = before->turns.emplace_back();
            own.input = job->record.input;
            own.response = job->snapshot();
        } else {
            before = co_await store_->history(owner, *id, memory, peer.context().cancellation);
        }
        if (!before) {
            const error none = unknown_or(before.error(), *id);
            co_await peer.fail(none);
            co_return;
        }
        result<std::string> page = error(errc::cancelled);
        detail::items_listing listing(*before, peer.head().query, page);
        if (listing.bytes() > offload_translation_above) (void)co_await peer.on().offload(listing, peer.context().cancellation);
        else listing.run();
        if (!page) {
            co_await peer.fail(page.error());
            co_return;
        }
        peer.scratch() = *page;
        co_await peer.reply(200, "application/json", peer.scratch());
    }

    template <server_gateway Gateway> boost::asio::awaitable<void> compact(server_connection& peer, Gateway& gateway) {
        const result<detail::responses_demands> what = detail::responses_demands_of(peer.body());
        result<void> good = success();
        memory_lease memory(peer.memory());
        detail::response_history before;
        if (!what) good = what.error();
        else if (!what->previous.empty() && store_ == nullptr) good = detail::no_such_response(what->previous);
        if (good && !what->previous.empty()) {
            const std::string owner = detail::response_owner(peer);
            result<detail::response_history> found = co_await store_->history(owner, what->previous, memory, peer.context().cancellation);
            if (!found) good = unknown_or(found.error(), what->previous);
            else before = std::move(*found);
        }
        std::string body;
        if (good) {
            const detail::responses_change none;
            detail::history_writing writing(before.turns, peer.body(), none, true, body);
            if (writing.bytes() <= offload_translation_above) writing.run();
            else good = co_await peer.on().offload(writing, peer.context().cancellation);
        }
        const request_target target;
        result<request_head> head = error(errc::invalid_request);
        if (good) head = openai_responses::scan_request(body, target);
        if (good && !head) good = head.error();
        if (!good) {
            co_await peer.fail(good.error());
            co_return;
        }
        std::string unescaped_model;
        call& c = peer.open_call();
        const detail::call_ending ending(c);
        c.in.operation = &chat::info;
        c.in.codec = &codec_of<openai_responses>;
        detail::set_up_call(c, peer, body, *head, target, unescaped_model);
        peer.log_model(c.model, false);
        const result<reply> answer = co_await gateway.execute(c);
        detail::describe_call(peer, c);
        if (!answer) {
            co_await peer.fail(answer.error());
            co_return;
        }
        const result<chat_reply> read = answer->template as<chat>();
        std::string summary;
        if (read)
            for (const chat_choice& choice : read->choices)
                for (const content_part& part : choice.answer.content)
                    if (const auto* const text = std::get_if<text_part>(&part)) summary += text->text;
        if (!read || summary.empty()) {
            const error none = why(read, error(errc::bad_response, "the model wrote no summary of the conversation"));
            co_await peer.fail(none);
            co_return;
        }
        std::vector<detail::responses_listed_item> items;
        if (!before.turns.empty()) items = detail::items_before(before);
        const std::string id = detail::new_response_id(peer.on());
        detail::list_response_input(what->input, id, items);
        detail::write_compaction(id, peer.on().unix_seconds(), items, summary, read->usage, peer.scratch());
        co_await peer.reply(200, "application/json", peer.scratch());
    }

    template <server_gateway Gateway> boost::asio::awaitable<void> erase(server_connection& peer, Gateway& gateway) {
        const result<std::string> id = id_of(peer);
        if (!id) {
            co_await peer.fail(id.error());
            co_return;
        }
        const std::string owner = detail::response_owner(peer);
        bool had = false;
        if (const job_ptr job = store_->running(owner, *id); job != nullptr) {
            job->cancel(true);
            had = true;
        }
        const record_result found = co_await store_->find(owner, *id, peer.context().cancellation);
        if (!found) {
            co_await peer.fail(found.error());
            co_return;
        }
        if (*found && !(*found)->deployment.empty()) {
            const result<void> gone = co_await erase_upstream(peer, gateway, **found, *id);
            if (!gone) {
                co_await peer.fail(gone.error());
                co_return;
            }
        }
        const result<bool> erased = co_await store_->erase(owner, *id, peer.context().cancellation);
        if (!erased || !(had || *erased)) {
            const error none = why(erased, detail::no_such_response(*id));
            co_await peer.fail(none);
            co_return;
        }
        json_writer(peer.scratch()).object().member("id", *id).member("object", "response").member("deleted", true).end_object();
        co_await peer.reply(200, "application/json", peer.scratch());
    }

    /// Erases the vendor's copy of \p r. A deployment that is not configured any more, and a vendor that does not have the response, are
    /// no failures.
    template <server_gateway Gateway>
    static boost::asio::awaitable<result<void>> erase_upstream(server_connection& peer, Gateway& gateway, const detail::response_record& r,
                                                               std::string id) {
        const std::shared_ptr<const topology> served = gateway.world();
        const model_group* const group = served->find(r.model);
        const deployment* to = nullptr;
        std::vector<std::size_t> others;
        if (group != nullptr)
            for (const deployment* const d : group->members) {
                if (d->id == r.deployment) to = d;
                else others.push_back(d->index);
            }
        if (to == nullptr) co_return success();
        if (!r.upstream.empty()) id = r.upstream;
        const std::string path = detail::response_target(*to, id);
        pass_through_answer answered;
        pass_through_request request(answered);
        request.method = "DELETE";
        request.path = path;
        call& c = peer.open_call();
        const detail::call_ending ending(c);
        c.in.operation = &pass_through::info;
        c.in.canonical = any_message::borrow<detail::own_attempt>(request);
        c.in.stream = true;
        c.in.no_fallback = true;
        c.in.retries = 0;
        c.tried = std::move(others);
        c.model = r.model;
        result<reply> got = co_await gateway.execute(c);
        if (!got && answered.refused && answered.status == 404) co_return success();
        if (!got) co_return got.error();
        while (got->stream != nullptr) {
            const result<std::string_view> piece = co_await got->stream->read_some();
            if (!piece) co_return piece.error();
            if (piece->empty()) break;
        }
        co_return success();
    }

    std::shared_ptr<response_store> store_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/stored_responses.ipp>
#endif
