// SPDX-License-Identifier: BSL-1.0
// Each member of the vocabulary is, in each codec, in the bytes or in the report: nothing is lost silently.
// The result for each pair of languages is docs/fidelity.md, which is compared here:
// LLMX_WRITE_FIDELITY=1 writes it anew.
#include "vocabulary_rows.hpp"

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/mistral/chat.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/responses.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace fidelity_unit {

namespace {

/// What an encoder made of a request.
struct encoded {
    bool failed = false;
    std::string bytes;
    std::vector<std::string> lost, hints;
    /// Where the encoder refused something; empty when it did not.
    std::string refused;
};

/// Whether \p drop is \p place, something in it, or what it is in.
bool overlap(std::string_view drop, std::string_view place) {
    const auto within = [](std::string_view inner, std::string_view outer) {
        return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[');
    };
    return within(drop, place) || within(place, drop);
}

/// Whether \p e reports \p place.
bool names(const encoded& e, std::string_view place) {
    for (const auto* const list : {&e.lost, &e.hints})
        for (const std::string& drop : *list)
            if (overlap(drop, place)) return true;
    return !e.refused.empty() && overlap(e.refused, place);
}

/// OpenAI has two languages for chats.
template <class D> constexpr std::string_view label_of = D::language;
template <> constexpr std::string_view label_of<llmx::openai_responses> = "responses";

/// The model of a client: Bedrock's language leaves members to the models of each vendor, of which Claude's take most.
template <class D> constexpr std::string_view client_model = std::string_view();
template <> constexpr std::string_view client_model<llmx::bedrock_converse> = "anthropic.claude-sonnet-4-6";

template <class D> encoded encode(const llmx::chat_request& request, bool efforts, std::string_view model = std::string_view()) {
    encoded e;
    llmx::encode_options options;
    options.model = model;
    options.traits.native_json_schema = efforts;
    if (efforts) options.traits.reasoning = llmx::model_traits::reasoning_style::effort;
    options.traits.allowed_tools = efforts;
    llmx::drop_report drops;
    e.failed = D::encode_request(request, options, e.bytes, drops).has_error();
    for (const auto& d : drops.entries()) (d.hint ? e.hints : e.lost).push_back(d.at.text());
    if (drops.refused() != nullptr) e.refused = drops.refused()->text();
    return e;
}

/// A row in which there is nothing to lose, with the reason.
struct exemption {
    std::string_view row;
    /// Languages for which it holds, separated by spaces; empty: all.
    std::string_view languages;
    std::string_view reason;
};
constexpr exemption exemptions[] = {
    {"chat_request.model#0", "gemini bedrock", "the URL names the deployment's model"},
    {"chat_request.stream#0", "gemini bedrock", "the URL asks for a stream"},
    {"chat_request.include_usage#0", "", "the usage is always sent, or `encode_options::include_usage` asks for it"},
    {"chat_request.logprobs#1", "anthropic bedrock responses", "false is what a request without it means"},
    {"chat_request.parallel_tool_calls#0", "anthropic gemini bedrock cohere ollama", "true is what a request without it means"},
    {"chat_request.parallel_tool_calls#1", "anthropic bedrock cohere ollama", "there are no tools to call"},
    {"tool.strict#1", "anthropic gemini bedrock responses cohere ollama", "false is what a tool without it means"},
    {"response_format.strict#1", "anthropic gemini cohere ollama", "false is what a schema without it means"},
    {"thinking_part.signer#0", "cohere ollama", "the signature is left out and reported, and its signer with it"},
    {"tool_choice.how#0", "ollama", "that the model chooses is what a request without it means"},
    {"tool_choice.how#2", "cohere", "the one function that is demanded is the only one that is sent"},
    {"tool.kind#1", "", "a function has no kind"},
    {"tool.kind#2", "", "a function has no kind"},
    {"tool.kind#3", "", "a function has no kind"},
    {"tool_result_part.name#0", "bedrock", "the id alone names the call"},
    {"reasoning_options.include_thoughts#1", "openai responses mistral", "there are no thoughts"},
    {"reasoning_options.budget_tokens#0", "openai responses mistral", "-1 lets the provider decide, as a request without it does"},
    {"image media.media_type#0", "openai mistral", "the type of no image"},
    {"user message.from#4", "anthropic ollama", "a tool's message without a result is a user's"},
    {"system message.from#1", "anthropic cohere ollama", "system and developer are one role where there is no other"},
    {"response_format.strict#0", "anthropic cohere ollama", "schemas that a provider enforces are strict"},
};

bool means_nothing(std::string_view language, std::string_view row) {
    return std::any_of(std::begin(exemptions), std::end(exemptions), [&](const exemption& e) {
        return e.row == row && (e.languages.empty() || e.languages.find(language) != std::string_view::npos);
    });
}

template <class D> void nothing_is_lost() {
    std::map<std::string, bool> found_in_all;
    for (const bool efforts : {false, true})
        for (const fidelity::row& r : fidelity::all_rows()) {
            const encoded without = encode<D>(r.without, efforts), with = encode<D>(r.with, efforts);
            const bool found = with.bytes != without.bytes || names(with, r.at.text());
            BOOST_CHECK_MESSAGE(found || means_nothing(label_of<D>, r.name),
                                D::name << (efforts ? ", efforts: " : ": ") << r.name << " at " << r.at.text() << " is lost");
            const auto known = found_in_all.try_emplace(r.name, true).first;
            known->second = known->second && found;
        }
    for (const auto& [row, found] : found_in_all)
        BOOST_CHECK_MESSAGE(!found || !means_nothing(label_of<D>, row), D::language << " needs no exemption for " << row);
}

/// The result for a member translated from the language \p From to \p To.
template <class From, class To> std::string_view fate(const fidelity::row& r) {
    llmx::drop_report ignored;
    llmx::request_target target;
    target.model = "m";
    llmx::encode_options of_client;
    of_client.model = client_model<From>;
    of_client.traits.allowed_tools = true;
    if constexpr (std::is_same_v<From, llmx::bedrock_converse>) {
        // Without schemas the form of an answer is a tool of llmx's own.
        of_client.traits.native_json_schema = true;
    }
    const auto through = [&](const llmx::chat_request& request) {
        std::string wire;
        if (!From::encode_request(request, of_client, wire, ignored)) return llmx::result<llmx::chat_request>(llmx::errc::internal);
        return From::decode_request(wire, target);
    };
    const encoded as_sent = encode<From>(r.with, true, client_model<From>), as_sent_without = encode<From>(r.without, true, client_model<From>);
    if (as_sent.failed || as_sent.bytes == as_sent_without.bytes || names(as_sent, r.at.text())) return "-";
    const auto with = through(r.with), without = through(r.without);
    if (!with || !without || *with == *without) return "-";
    const encoded out = encode<To>(*with, true), out_without = encode<To>(*without, true);
    if (out.failed) return "refused";
    const bool more_lost = out.lost.size() > out_without.lost.size(), more_hints = out.hints.size() > out_without.hints.size();
    if (more_lost) return "reported";
    if (more_hints) return out.bytes == out_without.bytes ? "hint" : "mapped, hint";
    if (out.bytes == out_without.bytes) return "same";
    if constexpr (requires { To::decode_request(out.bytes, target); }) {
        const auto back = To::decode_request(out.bytes, target);
        return back && *back == *with ? "kept" : "mapped";
    } else return "mapped";
}

template <class From, class... To> void add_columns(std::vector<std::function<std::string_view(const fidelity::row&)>>& columns, std::string& head) {
    const auto one = [&]<class T>(std::type_identity<T>) {
        if constexpr (!std::is_same_v<From, T>) {
            columns.emplace_back([](const fidelity::row& r) { return fate<From, T>(r); });
            head += " | " + std::string(label_of<From>) + " → " + std::string(label_of<T>);
        }
    };
    (one(std::type_identity<To>()), ...);
}

/// The text of docs/fidelity.md.
std::string fidelity_page() {
    using openai = llmx::openai_chat;
    using responses = llmx::openai_responses;
    using anthropic = llmx::anthropic_messages;
    using gemini = llmx::gemini_generate;
    using bedrock = llmx::bedrock_converse;
    using cohere = llmx::cohere_chat;
    using ollama = llmx::ollama_chat;
    using mistral = llmx::mistral_chat;
    std::vector<std::function<std::string_view(const fidelity::row&)>> columns;
    std::string head = "| member";
    add_columns<openai, responses, anthropic, gemini, bedrock, cohere, ollama, mistral>(columns, head);
    add_columns<responses, openai, anthropic, gemini, bedrock, cohere, ollama, mistral>(columns, head);
    add_columns<anthropic, openai, responses, gemini, bedrock, cohere, ollama, mistral>(columns, head);
    add_columns<gemini, openai, responses, anthropic, bedrock, cohere, ollama, mistral>(columns, head);
    add_columns<bedrock, openai, responses, anthropic, gemini, cohere, ollama, mistral>(columns, head);
    add_columns<cohere, openai, responses, anthropic, gemini, bedrock, ollama, mistral>(columns, head);
    add_columns<ollama, openai, responses, anthropic, gemini, bedrock, cohere, mistral>(columns, head);
    add_columns<mistral, openai, responses, anthropic, gemini, bedrock, cohere, ollama>(columns, head);
    std::ostringstream page;
    page << "# Fidelity of translation\n\n"
            "The result for each member of a chat request that is translated from the language of a client (left) to that of a provider\n"
            "(right), with a model that has efforts and native JSON schemas. Written by `tests/unit/dialects/fidelity.cpp`, which fails when\n"
            "this page differs from the code.\n\n"
            "**The rule.** A member whose value is null, empty or the language's default equals an absent member and is not reported. Of a\n"
            "member that the provider's language lacks, the effect decides. It is a *hint* when the same answer would be right without it:\n"
            "it tunes how a token is chosen or how much is thought, describes something for people or programs, or controls storage, caching,\n"
            "speed, billing or the form of a stream, nested at any depth. It is *reported* when the answer would mean something else or have\n"
            "other parts: `n` above 1, log probabilities, a bias of single tokens, stop sequences, other kinds of output, a schema, a tool or a\n"
            "choice of tool that cannot be enforced, a filter that is demanded, content that the provider cannot read; so is each member that\n"
            "llmx does not know. It is *refused* when it refers to a conversation that only the vendor of the request's language keeps\n"
            "(`thread`, `container`, `previous_response_id`, `conversation`, `cachedContent`): the request without it is another one. Clients'\n"
            "libraries so work over each provider without `drop_params`, which is for callers that accept another meaning.\n\n"
            "- *kept*: the provider's request decodes to the same.\n"
            "- *mapped*: an equivalent of the provider's is sent.\n"
            "- *hint*: left out and named in `x-llmx-dropped-params`.\n"
            "- *reported*: has no equivalent: the request fails and names it, or it is left out and named with `drop_params`.\n"
            "- *same*: a request without it means the same to the provider.\n"
            "- *refused*: the request fails, whatever `drop_params` is.\n"
            "- *-*: the client's language has no such member.\n\n"
            "A member with several kinds of values has the results of all of them.\n\n"
         << head << " |\n|---";
    for (std::size_t i = 0; i < columns.size(); ++i) page << "|---";
    page << "|\n";
    std::vector<std::string> order;
    std::map<std::string, std::vector<std::vector<std::string>>> members;
    for (const fidelity::row& r : fidelity::all_rows()) {
        if (std::any_of(std::begin(exemptions), std::end(exemptions), [&r](const exemption& e) { return e.row == r.name && e.languages.empty(); }))
            continue;
        auto& cells = members[r.member];
        if (cells.empty()) {
            order.push_back(r.member);
            cells.resize(columns.size());
        }
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const std::string text(columns[c](r));
            if (std::find(cells[c].begin(), cells[c].end(), text) == cells[c].end()) cells[c].push_back(text);
        }
    }
    for (const std::string& m : order) {
        page << "| " << m;
        for (const auto& cell : members[m]) {
            page << " | ";
            for (std::size_t i = 0; i < cell.size(); ++i) page << (i == 0 ? "" : "; ") << cell[i];
        }
        page << " |\n";
    }
    return std::move(page).str();
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_fidelity)

BOOST_AUTO_TEST_CASE(openai_loses_nothing_silently) {
    nothing_is_lost<llmx::openai_chat>();
}
BOOST_AUTO_TEST_CASE(responses_loses_nothing_silently) {
    nothing_is_lost<llmx::openai_responses>();
}
BOOST_AUTO_TEST_CASE(anthropic_loses_nothing_silently) {
    nothing_is_lost<llmx::anthropic_messages>();
}
BOOST_AUTO_TEST_CASE(gemini_loses_nothing_silently) {
    nothing_is_lost<llmx::gemini_generate>();
}
BOOST_AUTO_TEST_CASE(bedrock_loses_nothing_silently) {
    nothing_is_lost<llmx::bedrock_converse>();
}

BOOST_AUTO_TEST_CASE(cohere_loses_nothing_silently) {
    nothing_is_lost<llmx::cohere_chat>();
}

BOOST_AUTO_TEST_CASE(ollama_loses_nothing_silently) {
    nothing_is_lost<llmx::ollama_chat>();
}

BOOST_AUTO_TEST_CASE(mistral_loses_nothing_silently) {
    nothing_is_lost<llmx::mistral_chat>();
}

BOOST_AUTO_TEST_CASE(the_page_is_what_the_codecs_do) {
    const std::string page = fidelity_page();
    if (const char* const write = std::getenv("LLMX_WRITE_FIDELITY"); write != nullptr && *write == '1')
        std::ofstream(LLMX_FIDELITY) << page;
    std::ifstream file(LLMX_FIDELITY);
    const std::string now((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    BOOST_CHECK_MESSAGE(now == page, "docs/fidelity.md is not what the codecs do: run this test with LLMX_WRITE_FIDELITY=1 and read the difference");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace fidelity_unit
