// SPDX-License-Identifier: BSL-1.0
// Operations without events: what a request decodes to (JSON of embeddings and speech, forms of recordings) is encoded in
// each codec of its operation, and its reader accepts what was written and reads the same; the model that is routed is the
// model that is read; replies survive both ways. A text that begins with "{" is JSON, any other is a form whose boundary is
// "XX", or the reply of a transcription.
// Steering: byte 0 bit 0 a model in the path, bit 1 embeddings in base64.
#include "json.hpp"

#include <llmx/dialects/bedrock/embeddings.hpp>
#include <llmx/dialects/bedrock/images.hpp>
#include <llmx/dialects/bedrock/rerank.hpp>
#include <llmx/dialects/detail/name_drops.hpp>
#include <llmx/dialects/assemblyai/transcription.hpp>
#include <llmx/dialects/azure/speech.hpp>
#include <llmx/dialects/deepgram/audio.hpp>
#include <llmx/dialects/elevenlabs/audio.hpp>
#include <llmx/dialects/gemini/embeddings.hpp>
#include <llmx/dialects/gemini/speech.hpp>
#include <llmx/dialects/images.hpp>
#include <llmx/dialects/mistral/ocr.hpp>
#include <llmx/dialects/openai/completions.hpp>
#include <llmx/dialects/ollama/embed.hpp>
#include <llmx/dialects/huggingface/features.hpp>
#include <llmx/dialects/openai/embeddings.hpp>
#include <llmx/dialects/openai/moderations.hpp>
#include <llmx/dialects/openai/speech.hpp>
#include <llmx/dialects/openai/transcription.hpp>
#include <llmx/dialects/perplexity/search.hpp>
#include <llmx/dialects/rerank.hpp>
#include <llmx/dialects/sagemaker/text.hpp>
#include <llmx/dialects/vertex/rerank.hpp>
#include <llmx/dialects/watsonx/embeddings.hpp>
#include <llmx/dialects/watsonx/rerank.hpp>
#include <llmx/dialects/videos.hpp>
#include <llmx/providers/black_forest_labs.hpp>
#include <llmx/providers/fal_ai.hpp>
#include <llmx/providers/polled_job.hpp>
#include <llmx/providers/recraft.hpp>
#include <llmx/providers/replicate.hpp>
#include <llmx/providers/search_vendors.hpp>
#include <llmx/providers/stability.hpp>
#include <llmx/wire/model_name.hpp>
#include <llmx/wire/url.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace {

using fuzz::input;
using fuzz::require;
using fuzz::require_equal;
using fuzz::require_sentence;

constexpr std::string_view form_type = "multipart/form-data; boundary=XX";

template <class C> constexpr bool is_json = llmx::codec_of<C>.json_request;

template <class C> auto scan(std::string_view body, std::string_view type, const llmx::request_target& target) {
    if constexpr (is_json<C>) return C::scan_request(body, target);
    else return C::scan_request(body, type, target);
}
template <class C> auto decode(std::string_view body, std::string_view type, const llmx::request_target& target) {
    if constexpr (is_json<C>) return C::decode_request(body, target);
    else return C::decode_request(body, type, target);
}
template <class C> llmx::request_target path_of(bool model_in_path) {
    llmx::request_target target;
    if (model_in_path || !llmx::codec_of<C>.model_in_body) target.model = "path-model";
    return target;
}

/// What must survive a codec's own writing.
std::string account_of(const llmx::embedding_request& r) {
    std::string out = r.task_type + "|" + r.title + "|" + r.user + "|" + std::to_string(r.dimensions.value_or(-1));
    for (const auto& i : r.inputs) {
        out += "|" + i.text + "|" + i.title + "|" + i.task_type + "|" + std::to_string(i.dimensions.value_or(-1));
        for (const auto id : i.tokens) out += "," + std::to_string(id);
    }
    return out;
}
std::string account_of(const llmx::speech_request& r) {
    return r.input + "|" + r.voice + "|" + r.voice_id + "|" + r.instructions + "|" + r.response_format + "|" + r.stream_format;
}
std::string account_of(const llmx::transcription_request& r) {
    std::string out = r.file + "|" + r.prompt + "|" + r.language + "|" + r.response_format + "|" + (r.stream.value_or(false) ? "s" : "");
    for (const auto* const list : {&r.languages, &r.keywords, &r.timestamp_granularities, &r.include, &r.known_speaker_names,
                                   &r.known_speaker_references})
        for (const auto& one : *list) out += "," + one;
    return out;
}
std::string account_of(const llmx::moderation_request& r) {
    std::string out = r.model;
    for (const auto& i : r.inputs) out += "|" + i.text + "|" + i.image_url;
    return out;
}
std::string account_of(const llmx::image_request& r) {
    std::string out = r.prompt + "|" + r.size + "|" + std::to_string(r.n.value_or(-1));
    for (const auto& i : r.images) out += "|" + i.octets;
    return r.mask ? out + "|" + r.mask->octets : out;
}
std::string account_of(const llmx::chat_request& r) {
    std::string out = r.messages.front().text() + "|" + std::to_string(r.max_output_tokens.value_or(-1)) + (r.stream ? "s" : "");
    for (const auto& s : r.stop) out += "," + s;
    return out;
}
std::string account_of(const llmx::rerank_request& r) {
    std::string out = r.query + "|" + std::to_string(r.max_tokens_per_doc.value_or(-1));
    for (const auto& d : r.documents) out += "|" + d.text;
    for (const auto& f : r.rank_fields) out += "," + f;
    return out;
}
std::string account_of(const llmx::ocr_request& r) {
    return r.document.url + "|" + r.document.file_id + "|" + (r.document.is_image ? "i" : "") + "|" + r.pages.text + "|" + r.table_format;
}
std::string account_of(const llmx::video_request& r) {
    return r.prompt + "|" + r.size + "|" + std::to_string(r.seconds.value_or(-1)) + "|" + r.reference.octets + "|" + r.reference.url + "|" + r.reference.file_id;
}
std::string account_of(const llmx::search_request& r) {
    std::string out = r.country + "|" + std::to_string(r.max_results.value_or(-1));
    for (const auto* const list : {&r.queries, &r.domains})
        for (const auto& one : *list) out += "|" + one;
    return out;
}
/// The upstream's name of the model is written.
llmx::moderation_request as_written(llmx::moderation_request r) {
    r.model = "upstream-model";
    return r;
}
/// A long name of a user is left out.
llmx::embedding_request as_written(llmx::embedding_request r) {
    if (r.user.size() > 64) r.user.clear();
    return r;
}
template <class R> R as_written(R r) { return r; }

template <class Source, class Target> void check_written(const typename Source::operation::request& request) {
    llmx::encode_options options;
    options.model = "upstream-model";
    llmx::drop_report drops;
    std::string body;
    llmx::encoded_request to(body);
    const auto& ops = llmx::codec_of<Target>;
    const llmx::any_message message = llmx::any_message::of(typename Source::operation::request(request));
    const auto encoded = ops.encode_request(message, options, to, drops);
    for (const auto& e : drops.entries()) (void)Source::caller_path(e.at, request);
    if (drops.refused() != nullptr) (void)Source::caller_path(*drops.refused(), request);
    if (!encoded) {
        require(body.empty(), "what cannot be written leaves nothing behind", body);
        return require_sentence(encoded.error());
    }
    if (is_json<Target>) (void)fuzz::require_object(body, "a request that is written");
    const llmx::request_target target = path_of<Target>(false);
    const auto head = scan<Target>(body, to.content_type, target);
    require(head.has_value(), "a request that is written is accepted", body);
    if (ops.model_in_body) require_equal(head->model, "upstream-model", "a request that is written names the upstream's model");
    const auto again = decode<Target>(body, to.content_type, target);
    require(again.has_value(), "a request that is written can be read", body);
    if (std::is_same_v<Source, Target>)
        require_equal(account_of(*again), account_of(as_written(request)), "a request survives its own language");
}

void check_usage(const llmx::usage& u) {
    for (const std::int64_t n : {u.input_tokens, u.output_tokens, u.input_audio_tokens})
        require(n >= 0 && n <= llmx::max_count, "counts of tokens are within their bounds", std::to_string(n));
}

/// What a codec for providers alone writes is JSON or nothing, and the reply that it reads is one of the client's language.
template <class Source, class Target> void check_upstream(const input& in, std::string_view text, bool json_body = true) {
    const auto request = decode<Source>(text, form_type, path_of<Source>((in.choice(0) & 1) != 0));
    if (request) {
        std::string body;
        llmx::encoded_request to(body);
        llmx::drop_report drops;
        const llmx::any_message message = llmx::any_message::of(typename Source::operation::request(*request));
        const auto encoded = llmx::codec_of<Target>.encode_request(message, llmx::encode_options(), to, drops);
        if (!encoded) require_sentence(encoded.error());
        else if (!body.empty() && json_body) (void)fuzz::require_object(body, "a request that is written");
    }
    check_usage(Target::scan_usage(text));
    const auto reply = llmx::codec_of<Target>.decode_reply(text, {}, nullptr);
    if (!reply) return require_sentence(reply.error());
    std::string out;
    llmx::codec_of<Source>.encode_reply(*reply, llmx::reply_options(), out);
    if (llmx::codec_of<Source>.operation->answer != llmx::operation_info::answers::octets) (void)fuzz::require_object(out, "a reply that is written");
}

template <class Source, class... Targets> void check_request(const input& in, std::string_view text) {
    const llmx::request_target target = path_of<Source>((in.choice(0) & 1) != 0);
    const auto head = scan<Source>(text, form_type, target);
    const auto request = decode<Source>(text, form_type, target);
    if (!head) require_sentence(head.error());
    if (!request) require_sentence(request.error());
    if (!head || !request) return;
    std::string model(head->model);
    if (model.empty() && head->model_end > head->model_begin)
        model = llmx::unescape_json_string(text.substr(head->model_begin, head->model_end - head->model_begin));
    require_equal(model, request->model, "the model that is routed is the model that is read");
    (check_written<Source, Targets>(*request), ...);
}

template <class Source, class... Targets> void check_reply(const input& in, std::string_view text, std::string_view type) {
    check_usage(Source::scan_usage(text));
    const auto& ops = llmx::codec_of<Source>;
    const auto reply = ops.decode_reply(text, type, nullptr);
    if (!reply) return require_sentence(reply.error());
    llmx::reply_options options;
    options.model = "routed-model";
    options.base64 = (in.choice(0) & 2) != 0;
    const auto write = [&]<class Target>(const Target*) {
        std::string out;
        llmx::codec_of<Target>.encode_reply(*reply, options, out);
        if (!type.empty()) return require_equal(out, text, "a text is relayed as it came");
        if (!out.starts_with('[')) (void)fuzz::require_object(out, "a reply that is written");
        require(llmx::codec_of<Target>.decode_reply(out, type, nullptr).has_value(), "a reply that is written can be read", out);
    };
    (write(static_cast<const Targets*>(nullptr)), ...);
}

template <class Source> void check_rerank(const input& in, std::string_view text) {
    check_request<Source, llmx::cohere_rerank, llmx::voyage_rerank, llmx::tei_rerank, llmx::deepinfra_rerank, llmx::bedrock_rerank>(in, text);
    check_reply<Source, llmx::cohere_rerank, llmx::voyage_rerank, llmx::tei_rerank, llmx::deepinfra_rerank, llmx::bedrock_rerank>(in, text, {});
}

/// \p text, a request in the form \p Source or \p Target, in the form \p Target of each of the models, whose bodies differ.
template <class Source, class Target> void check_invoked(std::string_view text, std::initializer_list<std::string_view> models) {
    if (const auto own = Target::decode_request(text, llmx::request_target()); !own) require_sentence(own.error());
    const auto request = Source::decode_request(text, llmx::request_target());
    if (!request) return;
    for (const std::string_view model : models) {
        llmx::encode_options options;
        options.model = model;
        llmx::drop_report drops;
        std::string body;
        const auto encoded = Target::encode_request(*request, options, body, drops);
        for (const auto& e : drops.entries()) (void)Source::caller_path(e.at, *request);
        if (!encoded) {
            require(body.empty(), "what cannot be written leaves nothing behind", body);
            require_sentence(encoded.error());
            continue;
        }
        (void)fuzz::require_object(body, "a request that is written");
        require(Target::decode_request(body, llmx::request_target()).has_value(), "a request that is written can be read", body);
    }
}

/// \p text as an answer of each vendor of jobs, and the URLs that it has: none leads into the gateway's own network.
void check_jobs(std::string_view text) {
    const llmx::base_url own = llmx::parse_base_url("https://api.example.com/v1").value();
    for (const llmx::job_form* const form : {&llmx::detail::stability_jobs, &llmx::detail::bfl_jobs, &llmx::detail::fal_jobs, &llmx::detail::replicate_jobs}) {
        llmx::polled_job job(*form, own, llmx::polled_job_options(), llmx::polled_job::wish::files);
        llmx::time_point now{};
        job.answered(200, std::string(text), llmx::duration::zero(), now);
        for (int i = 0; i < 8; ++i) {
            const auto what = job.next(now);
            if (what == llmx::polled_job::step::failed) require_sentence(job.failure());
            if (what == llmx::polled_job::step::wait) now = job.due();
            else if (what == llmx::polled_job::step::poll || what == llmx::polled_job::step::file) {
                const llmx::job_address& at = job.address();
                require(at.where.tls && at.target.starts_with('/') && llmx::safe_field_value(at.target), "a job leads to a public host", at.target);
                if (what == llmx::polled_job::step::poll) job.answered(200, std::string(text), llmx::duration::zero(), now);
                else job.file_answered(200, text, "image/png", std::string_view(), now);
            } else break;
        }
    }
}

/// The texts of the events of \p stream, fed in pieces of \p size bytes, and whether it ended properly.
std::string replicate_texts(std::string_view stream, std::size_t size) {
    llmx::replicate_chat::stream_decoder decoder;
    llmx::event_batch batch;
    llmx::result<void> went = llmx::success();
    for (std::size_t at = 0; at < stream.size() && went; at += size) went = decoder.feed(stream.substr(at, size), batch);
    if (went) went = decoder.finish(batch);
    std::string seen;
    while (const llmx::chat_event* const e = batch.try_next()) seen += e->text;
    return seen + (went ? "." : "!");
}

/// \p text as a prediction and as a stream of Replicate's chat.
void check_predictions(std::string_view text) {
    if (const auto reply = llmx::replicate_chat::decode_reply(text); !reply) require_sentence(reply.error());
    check_usage(llmx::replicate_chat::scan_usage(text));
    std::string events;
    llmx::replicate_chat::write_events(text, events);
    require(replicate_texts(events, events.size()).ends_with('.'), "events that are written can be read", events);
    require_equal(replicate_texts(text, 1), replicate_texts(text, text.size() + 1), "a stream is the same however it is cut");
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    using openai = llmx::openai_embeddings;
    using batch = llmx::gemini_batch_embed;
    using single = llmx::gemini_embed;
    const fuzz::exact_copy copy(in.text());
    const std::string_view text = copy.view();
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || text[first] != '{') {
        check_request<llmx::openai_transcription, llmx::openai_transcription, llmx::openai_translation>(in, text);
        check_request<llmx::openai_translation, llmx::openai_transcription, llmx::openai_translation>(in, text);
        check_request<llmx::openai_image_edits, llmx::openai_image_edits>(in, text);
        check_request<llmx::openai_image_variations, llmx::openai_image_variations>(in, text);
        check_upstream<llmx::openai_image_edits, llmx::gemini_image_edits>(in, text);
        check_request<llmx::openai_video_form, llmx::openai_video_form>(in, text);
        check_upstream<llmx::openai_video_form, llmx::gemini_veo>(in, text);
        check_upstream<llmx::openai_image_edits, llmx::stability_image_edits>(in, text, false);
        check_upstream<llmx::openai_image_edits, llmx::recraft_image_edits>(in, text, false);
        check_upstream<llmx::openai_image_edits, llmx::fal_image_edits>(in, text);
        check_predictions(text);
        check_upstream<llmx::openai_transcription, llmx::elevenlabs_transcription>(in, text, false);
        check_upstream<llmx::openai_transcription, llmx::deepgram_listen>(in, text, false);
        check_upstream<openai, llmx::huggingface_features>(in, text);
        check_upstream<llmx::openai_transcription, llmx::assemblyai_transcription>(in, text, false);
        check_upstream<llmx::openai_transcription, llmx::azure_transcribe>(in, text, false);
        return check_reply<llmx::openai_transcription, llmx::openai_transcription>(in, text, "text/plain");
    }
    check_upstream<openai, llmx::huggingface_features>(in, text);
    check_request<openai, openai, batch, single, llmx::ollama_embed>(in, text);
    check_request<llmx::ollama_embed, openai, batch, single, llmx::ollama_embed>(in, text);
    check_request<llmx::ollama_embeddings, openai, llmx::ollama_embed, llmx::ollama_embeddings>(in, text);
    check_reply<llmx::ollama_embed, openai, llmx::ollama_embed>(in, text, {});
    check_reply<llmx::ollama_embeddings, openai, llmx::ollama_embed, llmx::ollama_embeddings>(in, text, {});
    check_request<batch, openai, batch, single>(in, text);
    check_request<single, openai, batch, single>(in, text);
    check_request<llmx::openai_speech, llmx::openai_speech>(in, text);
    check_request<llmx::openai_moderations, llmx::openai_moderations, llmx::mistral_moderations>(in, text);
    check_request<llmx::mistral_moderations, llmx::openai_moderations, llmx::mistral_moderations>(in, text);
    check_reply<llmx::openai_moderations, llmx::openai_moderations, llmx::mistral_moderations>(in, text, {});
    check_request<llmx::openai_images, llmx::openai_images>(in, text);
    check_reply<llmx::openai_images, llmx::openai_images>(in, text, {});
    check_upstream<llmx::openai_speech, llmx::elevenlabs_speech>(in, text);
    check_upstream<llmx::openai_speech, llmx::deepgram_speak>(in, text);
    check_upstream<llmx::openai_speech, llmx::azure_speak>(in, text, false);
    check_upstream<llmx::openai_speech, llmx::gemini_speech>(in, text);
    check_upstream<llmx::openai_transcription, llmx::elevenlabs_transcription>(in, text, false);
    check_upstream<llmx::openai_transcription, llmx::deepgram_listen>(in, text, false);
    check_upstream<llmx::openai_transcription, llmx::assemblyai_transcription>(in, text, false);
    check_upstream<llmx::openai_transcription, llmx::azure_transcribe>(in, text, false);
    check_upstream<llmx::openai_images, llmx::gemini_images>(in, text);
    check_upstream<llmx::openai_images, llmx::gemini_imagen>(in, text);
    check_request<llmx::openai_videos, llmx::openai_videos>(in, text);
    check_reply<llmx::openai_videos, llmx::openai_videos>(in, text, {});
    check_upstream<llmx::openai_videos, llmx::gemini_veo>(in, text);
    check_upstream<llmx::openai_videos, llmx::runway_video>(in, text);
    check_upstream<llmx::openai_images, llmx::stability_images>(in, text, false);
    check_upstream<llmx::openai_images, llmx::black_forest_labs_images>(in, text);
    check_upstream<llmx::openai_images, llmx::fal_images>(in, text);
    check_upstream<llmx::openai_images, llmx::recraft_images>(in, text);
    check_upstream<llmx::openai_images, llmx::replicate_images>(in, text);
    check_jobs(text);
    check_predictions(text);
    check_request<llmx::mistral_ocr, llmx::mistral_ocr>(in, text);
    check_reply<llmx::mistral_ocr, llmx::mistral_ocr>(in, text, {});
    check_request<llmx::perplexity_search, llmx::perplexity_search>(in, text);
    check_reply<llmx::perplexity_search, llmx::perplexity_search>(in, text, {});
    check_upstream<llmx::perplexity_search, llmx::search_codec<llmx::exa_ai::form>>(in, text);
    check_upstream<llmx::perplexity_search, llmx::search_codec<llmx::brave::form>>(in, text);
    check_upstream<llmx::perplexity_search, llmx::search_codec<llmx::parallel_ai::form>>(in, text);
    check_request<llmx::openai_completions, llmx::openai_completions>(in, text);
    check_reply<llmx::openai_completions, llmx::openai_completions>(in, text, {});
    check_rerank<llmx::cohere_rerank>(in, text);
    check_rerank<llmx::voyage_rerank>(in, text);
    check_rerank<llmx::tei_rerank>(in, text);
    check_rerank<llmx::deepinfra_rerank>(in, text);
    check_rerank<llmx::bedrock_rerank>(in, text);
    check_upstream<llmx::cohere_rerank, llmx::watsonx_rerank>(in, text);
    check_upstream<llmx::cohere_rerank, llmx::vertex_rerank>(in, text);
    check_upstream<openai, llmx::watsonx_embeddings>(in, text);
    check_upstream<openai, llmx::sagemaker_embeddings>(in, text);
    check_invoked<openai, llmx::bedrock_embeddings>(text, {"amazon.titan-embed-text-v1", "amazon.titan-embed-text-v2:0", "amazon.titan-embed-image-v1",
                                                           "amazon.nova-2-multimodal-embeddings-v1:0", "cohere.embed-v4:0"});
    check_invoked<llmx::openai_images, llmx::bedrock_images>(text, {"amazon.nova-canvas-v1:0", "stability.sd3-5-large-v1:0"});
    check_reply<llmx::bedrock_embeddings, openai, batch, llmx::bedrock_embeddings>(in, text, {});
    check_reply<llmx::bedrock_images, llmx::openai_images, llmx::bedrock_images>(in, text, {});
    check_reply<openai, openai, batch, single>(in, text, {});
    check_reply<batch, openai, batch, single>(in, text, {});
    check_reply<llmx::openai_transcription, llmx::openai_transcription>(in, text, {});
}
