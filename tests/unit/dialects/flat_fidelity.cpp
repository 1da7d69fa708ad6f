// SPDX-License-Identifier: BSL-1.0
// Nothing is lost silently: each described member of a request, set, is in the bytes or in the report of each codec of
// its operation. The rows are the descriptions, so a new member has its row at once.
#include <llmx/dialects/assemblyai/transcription.hpp>
#include <llmx/dialects/azure/speech.hpp>
#include <llmx/dialects/black_forest_labs/images.hpp>
#include <llmx/dialects/deepgram/audio.hpp>
#include <llmx/dialects/elevenlabs/audio.hpp>
#include <llmx/dialects/fal/images.hpp>
#include <llmx/dialects/gemini/embeddings.hpp>
#include <llmx/dialects/gemini/speech.hpp>
#include <llmx/dialects/huggingface/features.hpp>
#include <llmx/dialects/images.hpp>
#include <llmx/dialects/mistral/ocr.hpp>
#include <llmx/dialects/ollama/embed.hpp>
#include <llmx/dialects/openai/embeddings.hpp>
#include <llmx/dialects/openai/moderations.hpp>
#include <llmx/dialects/openai/speech.hpp>
#include <llmx/dialects/openai/transcription.hpp>
#include <llmx/dialects/perplexity/search.hpp>
#include <llmx/dialects/recraft/images.hpp>
#include <llmx/dialects/replicate/images.hpp>
#include <llmx/dialects/rerank.hpp>
#include <llmx/dialects/sagemaker/text.hpp>
#include <llmx/dialects/vertex/rerank.hpp>
#include <llmx/dialects/watsonx/embeddings.hpp>
#include <llmx/dialects/watsonx/rerank.hpp>
#include <llmx/dialects/videos.hpp>
#include <llmx/dialects/stability/images.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flat_fidelity_unit {

namespace {

using llmx::request_place;

// Each gives the member a value and returns what is found of it in bytes.
std::string set(std::string& to, std::string_view) { return to = "marker-value"; }
std::string set(std::vector<std::string>& to, std::string_view) {
    to = {"marker-value"};
    return to.front();
}
std::string set(std::vector<std::uint32_t>& to, std::string_view) {
    to = {987654};
    return "987654";
}
std::string set(std::vector<llmx::embedding_input>& to, std::string_view) {
    to.emplace_back("marker-value");
    return "marker-value";
}
std::string set(std::vector<llmx::moderation_input>& to, std::string_view) {
    to.emplace_back("marker-value");
    return "marker-value";
}
std::string set(std::vector<llmx::rerank_document>& to, std::string_view) {
    to.emplace_back("marker-value");
    return "marker-value";
}
std::string set(std::vector<llmx::image_file>& to, std::string_view) {
    to.emplace_back("marker-value");
    return "marker-value";
}
std::string set(std::optional<llmx::image_file>& to, std::string_view) {
    to.emplace("marker-value");
    return "marker-value";
}
std::string set(llmx::ocr_document& to, std::string_view) {
    to.url = "marker-value";
    return to.url;
}
std::string set(llmx::video_reference& to, std::string_view) {
    to.url = "data:image/png;base64,bWFya2Vy";
    return "bWFya2Vy";
}
std::string set(bool& to, std::string_view) {
    to = true;
    return "[{";
}
std::string set(std::optional<std::int64_t>& to, std::string_view) {
    to = 987654;
    return "987654";
}
std::string set(std::optional<double>& to, std::string_view) {
    to = 0.6875;
    return "0.6875";
}
std::string set(std::optional<bool>& to, std::string_view) {
    to = true;
    return "true";
}
std::string set(std::optional<llmx::embedding_encoding>& to, std::string_view) {
    to = llmx::embedding_encoding::base64;
    return "base64";
}
std::string set(llmx::raw_json& to, std::string_view) {
    to.text = R"("marker-value")";
    return "marker-value";
}
std::string set(llmx::extra_members& to, std::string_view owner) {
    to.add(owner, "marker_member", "1");
    return "marker_member";
}

struct written {
    std::string bytes;
    llmx::drop_report drops;
};

template <class C> written encode(const typename C::operation::request& request) {
    written w;
    const llmx::encode_options options;
    llmx::encoded_request to(w.bytes);
    const llmx::result<void> done = [&]() -> llmx::result<void> {
        if constexpr (requires { C::encode_request(request, options, to, w.drops); })
            return C::encode_request(request, options, to, w.drops);
        else return C::encode_request(request, options, w.bytes, w.drops);
    }();
    BOOST_TEST((done.has_value() || w.drops.refused() != nullptr));
    return w;
}

/// Whether one of two places is in the other.
bool overlap(std::string_view a, std::string_view b) {
    const auto shorter = a.size() < b.size() ? a : b, longer = a.size() < b.size() ? b : a;
    return longer.starts_with(shorter) &&
           (longer.size() == shorter.size() || longer[shorter.size()] == '.' || longer[shorter.size()] == '[');
}

bool reported(const llmx::drop_report& drops, const std::string& place, const std::string& marker) {
    const auto covers = [&](const request_place& at) {
        return overlap(at.text(), place) || (at.other_name() == marker && !marker.empty());
    };
    for (const auto& e : drops.entries())
        if (covers(e.at)) return true;
    return drops.refused() != nullptr && covers(*drops.refused());
}

/// The members of \p Owner, which \p get finds in a request and which stands at \p at, that \p C neither writes nor
/// reports. \p origin: whose the members are that the vocabulary does not have.
template <class C, class Owner, class Get>
std::string unaccounted(const typename C::operation::request& base, std::string_view origin, const request_place& at, Get get) {
    std::string missing;
    const std::string before = encode<C>(base).bytes;
    boost::mp11::mp_for_each<llmx::detail::members_of<Owner>>([&](auto d) {
        auto changed = base;
        const std::string marker = set(get(changed).*d.pointer, origin);
        BOOST_REQUIRE(before.find(marker) == std::string::npos);
        const written w = encode<C>(changed);
        const std::string place = at.of(llmx::member_of<d.pointer>).text();
        if constexpr (requires { C::caller_path(at, changed); })
            for (const auto& e : w.drops.entries()) BOOST_TEST(C::caller_path(e.at, changed) != "", place);
        if (w.bytes.find(marker) == std::string::npos && !reported(w.drops, place, marker)) missing += place + " ";
    });
    return missing;
}

template <class C> std::string unaccounted(const typename C::operation::request& base, std::string_view origin = C::name) {
    const auto whole = [](typename C::operation::request& r) -> auto& { return r; };
    return unaccounted<C, typename C::operation::request>(base, origin, request_place(), whole);
}

template <class C> std::string unaccounted_of_input(std::string_view origin = C::name) {
    const auto first = [](llmx::embedding_request& r) -> auto& { return r.inputs.front(); };
    const request_place at = request_place().of<&llmx::embedding_request::inputs>().item(0);
    return unaccounted<C, llmx::embedding_input>(llmx::embedding_request("m", "a"), origin, at, first);
}

/// A codec whose author did not think of one member.
struct forgetful : llmx::openai_speech {
    static llmx::result<void> encode_request(const llmx::speech_request& request, const llmx::encode_options& options,
                                             std::string& out, llmx::drop_report& drops) {
        llmx::speech_request known = request;
        known.speed.reset();
        known.extra = llmx::extra_members();
        return llmx::openai_speech::encode_request(known, options, out, drops);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_flat_fidelity)

BOOST_AUTO_TEST_CASE(a_member_that_a_codec_forgets_is_found) {
    BOOST_TEST(unaccounted<forgetful>(llmx::speech_request("m", "a")) == "speed extra ");
}

BOOST_AUTO_TEST_CASE(embeddings) {
    const llmx::embedding_request r("m", "a");
    BOOST_TEST(unaccounted<llmx::openai_embeddings>(r) == "");
    BOOST_TEST(unaccounted_of_input<llmx::openai_embeddings>() == "");
    // The façade writes the reply in the encoding that was asked for, whatever the provider sends.
    BOOST_TEST(unaccounted<llmx::gemini_batch_embed>(r) == "encoding ");
    BOOST_TEST(unaccounted_of_input<llmx::gemini_batch_embed>() == "");
    // The URL names the model.
    BOOST_TEST(unaccounted<llmx::gemini_embed>(r) == "model encoding ");
    BOOST_TEST(unaccounted_of_input<llmx::gemini_embed>() == "");
    BOOST_TEST(unaccounted<llmx::ollama_embed>(r) == "encoding ");
    BOOST_TEST(unaccounted_of_input<llmx::ollama_embed>() == "");
    BOOST_TEST(unaccounted<llmx::ollama_embeddings>(r) == "encoding ");
    BOOST_TEST(unaccounted_of_input<llmx::ollama_embeddings>() == "");
    BOOST_TEST(unaccounted<llmx::huggingface_features>(r) == "model encoding ");
    BOOST_TEST(unaccounted_of_input<llmx::huggingface_features>() == "");
    BOOST_TEST(unaccounted<llmx::watsonx_embeddings>(r) == "model encoding ");
    BOOST_TEST(unaccounted_of_input<llmx::watsonx_embeddings>() == "");
    BOOST_TEST(unaccounted<llmx::sagemaker_embeddings>(r) == "model encoding ");
    BOOST_TEST(unaccounted_of_input<llmx::sagemaker_embeddings>() == "");
}

BOOST_AUTO_TEST_CASE(speech) { BOOST_TEST(unaccounted<llmx::openai_speech>(llmx::speech_request("m", "a")) == ""); }

BOOST_AUTO_TEST_CASE(transcription_and_translation) {
    const llmx::transcription_request r("m", "octets", "a.wav");
    BOOST_TEST(unaccounted<llmx::openai_transcription>(r) == "");
    BOOST_TEST(unaccounted<llmx::openai_translation>(r) == "");
    // A recording that is named instead of sent.
    llmx::transcription_request named("m", "", "");
    named.extra.add(llmx::openai_transcription::name, "url", R"("https://h/a")");
    BOOST_TEST(unaccounted<llmx::openai_transcription>(named) == "");
}

BOOST_AUTO_TEST_CASE(moderations) {
    const llmx::moderation_request r("m", "a");
    BOOST_TEST(unaccounted<llmx::openai_moderations>(r) == "");
    // One text is one content.
    BOOST_TEST(unaccounted<llmx::mistral_moderations>(r) == "as_one ");
    const auto first = [](llmx::moderation_request& q) -> auto& { return q.inputs.front(); };
    const request_place at = request_place().of<&llmx::moderation_request::inputs>().item(0);
    for (const std::string_view origin : {llmx::openai_moderations::name, std::string_view("elsewhere")}) {
        BOOST_TEST((unaccounted<llmx::openai_moderations, llmx::moderation_input>(r, origin, at, first)) == "");
        BOOST_TEST((unaccounted<llmx::mistral_moderations, llmx::moderation_input>(r, origin, at, first)) == "");
    }
}

BOOST_AUTO_TEST_CASE(reranking) {
    const llmx::rerank_request r("m", "q", {"a"});
    BOOST_TEST(unaccounted<llmx::cohere_rerank>(r) == "");
    BOOST_TEST(unaccounted<llmx::voyage_rerank>(r) == "");
    // The server has one model, and its answer is cut.
    BOOST_TEST(unaccounted<llmx::tei_rerank>(r) == "model top_n ");
    // The URL names the model; the answer is cut and gets its documents.
    BOOST_TEST(unaccounted<llmx::deepinfra_rerank>(r) == "model top_n return_documents ");
    // The provider names the model.
    BOOST_TEST(unaccounted<llmx::watsonx_rerank>(r) == "model ");
    // `true` is written as false.
    BOOST_TEST(unaccounted<llmx::vertex_rerank>(r) == "return_documents ");
    const auto first = [](llmx::rerank_request& q) -> auto& { return q.documents.front(); };
    const request_place at = request_place().of<&llmx::rerank_request::documents>().item(0);
    BOOST_TEST((unaccounted<llmx::cohere_rerank, llmx::rerank_document>(r, "", at, first)) == "");
    BOOST_TEST((unaccounted<llmx::voyage_rerank, llmx::rerank_document>(r, "", at, first)) == "");
    BOOST_TEST((unaccounted<llmx::tei_rerank, llmx::rerank_document>(r, "", at, first)) == "");
    BOOST_TEST((unaccounted<llmx::deepinfra_rerank, llmx::rerank_document>(r, "", at, first)) == "");
    BOOST_TEST((unaccounted<llmx::watsonx_rerank, llmx::rerank_document>(r, "", at, first)) == "");
    BOOST_TEST((unaccounted<llmx::vertex_rerank, llmx::rerank_document>(r, "", at, first)) == "");
}

BOOST_AUTO_TEST_CASE(images) {
    const llmx::image_request r("m", "a");
    BOOST_TEST(unaccounted<llmx::openai_images>(r) == "");
    const llmx::image_request with("m", "a", llmx::image_file("octets", "a.png"));
    BOOST_TEST(unaccounted<llmx::openai_image_edits>(with) == "");
    BOOST_TEST(unaccounted<llmx::openai_image_variations>(with) == "");
    BOOST_TEST(unaccounted<llmx::openai_images>(r, "elsewhere") == "");
    BOOST_TEST(unaccounted<llmx::openai_image_edits>(with, "elsewhere") == "");
    // The URL names the model.
    BOOST_TEST(unaccounted<llmx::gemini_images>(r) == "model ");
    BOOST_TEST(unaccounted<llmx::gemini_imagen>(r) == "model ");
    // Images are in base64.
    BOOST_TEST(unaccounted<llmx::gemini_image_edits>(with) == "model images ");
    // The URL names the model of all but Stability's sd3; a prompt is a form's text, and images are base64.
    BOOST_TEST(unaccounted<llmx::stability_images>(r) == "");
    BOOST_TEST(unaccounted<llmx::black_forest_labs_images>(r) == "model ");
    BOOST_TEST(unaccounted<llmx::fal_images>(r) == "model ");
    BOOST_TEST(unaccounted<llmx::replicate_images>(r) == "");
    BOOST_TEST(unaccounted<llmx::stability_image_edits>(with) == "model ");
    BOOST_TEST(unaccounted<llmx::recraft_image_edits>(with) == "");
}

BOOST_AUTO_TEST_CASE(videos) {
    const llmx::video_request r("m", "a");
    for (const std::string_view origin : {llmx::openai_videos::name, llmx::openai_video_form::name, std::string_view("elsewhere")}) {
        BOOST_TEST(unaccounted<llmx::openai_videos>(r, origin) == "");
        BOOST_TEST(unaccounted<llmx::openai_video_form>(r, origin) == "");
        BOOST_TEST(unaccounted<llmx::runway_video>(r, origin) == "");
        // The URL names the model.
        BOOST_TEST(unaccounted<llmx::gemini_veo>(r, origin) == "model ");
    }
}

BOOST_AUTO_TEST_CASE(vendors_of_audio) {
    const llmx::speech_request s("m", "a", "v");
    // The URL names voice and format; a format that the marker is has no equivalent.
    BOOST_TEST(unaccounted<llmx::elevenlabs_speech>(s) == "voice voice_id stream_format ");
    BOOST_TEST(unaccounted<llmx::deepgram_speak>(llmx::speech_request("m", "a")) == "model stream_format ");
    BOOST_TEST(unaccounted<llmx::gemini_speech>(s) == "model stream_format ");
    const llmx::transcription_request t("m", "octets", "a.wav");
    // The form of the answer is the reply's.
    BOOST_TEST(unaccounted<llmx::elevenlabs_transcription>(t) == "");
    // The URL has the parameters, a field the type.
    BOOST_TEST(unaccounted<llmx::deepgram_listen>(t) == "model content_type language keywords ");
    // A language is written as the vendor's code.
    llmx::transcription_request spoken = t;
    spoken.language = "en";
    BOOST_TEST(unaccounted<llmx::assemblyai_transcription>(spoken) == "language ");
    BOOST_TEST(unaccounted<llmx::azure_transcribe>(t) == "");
    // One path for all models; the format is a field, and the speed a percentage.
    BOOST_TEST(unaccounted<llmx::azure_speak>(llmx::speech_request("m", "a")) == "model response_format speed stream_format ");
}

BOOST_AUTO_TEST_CASE(documents_and_searches) {
    const llmx::ocr_request d("m", llmx::ocr_document("https://h/a"));
    for (const std::string_view origin : {llmx::mistral_ocr::name, std::string_view("elsewhere")}) {
        BOOST_TEST(unaccounted<llmx::mistral_ocr>(d, origin) == "");
        const auto document = [](llmx::ocr_request& q) -> auto& { return q.document; };
        const request_place at = request_place().of<&llmx::ocr_request::document>();
        // The kind of URL is the name of its member.
        BOOST_TEST((unaccounted<llmx::mistral_ocr, llmx::ocr_document>(d, origin, at, document)) == "document.is_image ");
    }
    // The URL is the tool.
    BOOST_TEST(unaccounted<llmx::perplexity_search>(llmx::search_request("t", "q")) == "model ");
    BOOST_TEST(unaccounted<llmx::perplexity_search>(llmx::search_request("t", "q"), "elsewhere") == "model ");
}

BOOST_AUTO_TEST_CASE(members_of_other_languages) {
    const std::string_view other = "elsewhere";
    const llmx::embedding_request r("m", "a");
    BOOST_TEST(unaccounted<llmx::openai_embeddings>(r, other) == "");
    BOOST_TEST(unaccounted_of_input<llmx::openai_embeddings>(other) == "");
    BOOST_TEST(unaccounted<llmx::gemini_batch_embed>(r, other) == "encoding ");
    BOOST_TEST(unaccounted_of_input<llmx::gemini_batch_embed>(other) == "");
    BOOST_TEST(unaccounted<llmx::gemini_embed>(r, other) == "model encoding ");
    BOOST_TEST(unaccounted<llmx::ollama_embed>(r, other) == "encoding ");
    BOOST_TEST(unaccounted_of_input<llmx::ollama_embed>(other) == "");
    BOOST_TEST(unaccounted_of_input<llmx::gemini_embed>(other) == "");
    BOOST_TEST(unaccounted<llmx::openai_speech>(llmx::speech_request("m", "a"), other) == "");
    const llmx::transcription_request t("m", "octets", "a.wav");
    BOOST_TEST(unaccounted<llmx::openai_transcription>(t, other) == "");
    BOOST_TEST(unaccounted<llmx::openai_translation>(t, other) == "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace flat_fidelity_unit
