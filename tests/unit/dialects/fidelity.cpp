// SPDX-License-Identifier: BSL-1.0
// Each member of the vocabulary is, in each codec, in the bytes or in the report: nothing is lost silently.
// What becomes of it between each pair of languages is docs/fidelity.md, which is compared here:
// LLMX_WRITE_FIDELITY=1 writes it anew.
#include "vocabulary_rows.hpp"

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>

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

namespace {

/// What an encoder made of a request.
struct encoded {
    bool failed = false;
    std::string bytes;
    std::vector<std::string> lost, hints;

    [[nodiscard]] static bool any(const std::vector<std::string>& drops, const std::string& place) {
        // The place itself, something in it, or what it is in.
        return std::any_of(drops.begin(), drops.end(), [&](const std::string& d) { return d.starts_with(place) || place.starts_with(d); });
    }
    [[nodiscard]] bool names(const std::string& place) const { return any(lost, place) || any(hints, place); }
};

template <class D> encoded encode(const llmx::chat_request& request, bool efforts) {
    encoded e;
    llmx::encode_options options;
    options.traits.native_json_schema = efforts;
    if (efforts) options.traits.reasoning = llmx::model_traits::reasoning_style::effort;
    llmx::drop_report drops;
    e.failed = D::encode_request(request, options, e.bytes, drops).has_error();
    for (const auto& d : drops.entries()) (d.hint ? e.hints : e.lost).push_back(d.at.text());
    return e;
}

/// Rows in which there is nothing to lose, with the reason.
bool means_nothing(const fidelity::row& r) {
    static const std::map<std::string_view, std::string_view> rows = {
        {"chat_request.model#0", "the deployment's model is sent, in the body or in the URL"},
        {"chat_request.stream#0", "the URL asks for a stream, or `encode_options::stream`"},
        {"chat_request.include_usage#0", "the usage is always sent, or `encode_options::include_usage` asks for it"},
        {"chat_request.logprobs#1", "false is what a request without it means"},
        {"chat_request.parallel_tool_calls#0", "true is what a request without it means"},
        {"chat_request.parallel_tool_calls#1", "there are no tools to call"},
        {"tool.strict#1", "false is what a tool without it means"},
        {"response_format.strict#1", "false is what a schema without it means"},
        {"tool.kind#1", "a function has no kind"},
        {"tool.kind#2", "a function has no kind"},
        {"tool.kind#3", "a function has no kind"},
        {"tool_result_part.name#0", "it stands in the call"},
        {"thinking_part.signer#0", "it is the signature's"},
        {"redacted thinking_part.signer#0", "there is no signature"},
        {"reasoning_options.include_thoughts#1", "there are no thoughts"},
        {"reasoning_options.budget_tokens#0", "-1 lets the provider decide, as a request without it does"},
        {"image media.media_type#0", "the type of no image"},
        {"user message.from#4", "a tool's message without a result is a user's"},
        {"system message.from#1", "system and developer are one role where there is no other"},
        {"response_format.strict#0", "schemas that a provider enforces are strict"},
    };
    return rows.contains(r.name);
}

template <class D> void nothing_is_lost(bool efforts) {
    for (const fidelity::row& r : fidelity::all_rows()) {
        const encoded without = encode<D>(r.without, efforts), with = encode<D>(r.with, efforts);
        const bool found = with.failed || with.bytes != without.bytes || with.names(r.at.text());
        BOOST_CHECK_MESSAGE(found || means_nothing(r), D::name << (efforts ? ", efforts: " : ": ") << r.name << " at " << r.at.text() << " is lost");
    }
}

/// What becomes of a member on its way from the language \p From to \p To.
template <class From, class To> std::string_view fate(const fidelity::row& r) {
    llmx::drop_report ignored;
    llmx::request_target target;
    target.model = "m";
    const auto through = [&](const llmx::chat_request& request) {
        std::string wire;
        if (!From::encode_request(request, llmx::encode_options(), wire, ignored)) return llmx::result<llmx::chat_request>(llmx::errc::internal);
        return From::decode_request(wire, target);
    };
    const encoded as_sent = encode<From>(r.with, true), as_sent_without = encode<From>(r.without, true);
    if (as_sent.failed || as_sent.bytes == as_sent_without.bytes || as_sent.names(r.at.text())) return "-";
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
            head += " | " + std::string(From::language) + " → " + std::string(T::language);
        }
    };
    (one(std::type_identity<To>()), ...);
}

/// The text of docs/fidelity.md.
std::string fidelity_page() {
    using openai = llmx::openai_chat;
    using anthropic = llmx::anthropic_messages;
    using gemini = llmx::gemini_generate;
    using bedrock = llmx::bedrock_converse; // for providers alone
    std::vector<std::function<std::string_view(const fidelity::row&)>> columns;
    std::string head = "| member";
    add_columns<openai, anthropic, gemini, bedrock>(columns, head);
    add_columns<anthropic, openai, gemini, bedrock>(columns, head);
    add_columns<gemini, openai, anthropic, bedrock>(columns, head);
    std::ostringstream page;
    page << "# Fidelity of translation\n\n"
            "What becomes of each member of a chat request on its way from the language of a client (left) to that of a provider\n"
            "(right), with a model that has efforts and native JSON schemas. Written by `tests/unit/dialects/fidelity.cpp`, which fails when\n"
            "this page is not what the code does.\n\n"
            "- *kept*: the provider's request decodes to the same.\n"
            "- *mapped*: an equivalent of the provider's is sent.\n"
            "- *hint*: left out and named in `x-llmx-dropped-params`; the answer means the same.\n"
            "- *reported*: has no equivalent: the request fails and names it, or it is left out and named with `drop_params`.\n"
            "- *same*: a request without it means the same to the provider.\n"
            "- *refused*: the request fails, whatever `drop_params` is.\n"
            "- *-*: the client's language has no such member.\n\n"
            "A member with several kinds of values has the fates of all of them.\n\n"
         << head << " |\n|---";
    for (std::size_t i = 0; i < columns.size(); ++i) page << "|---";
    page << "|\n";
    std::vector<std::string> order;
    std::map<std::string, std::vector<std::vector<std::string>>> members;
    for (const fidelity::row& r : fidelity::all_rows()) {
        if (means_nothing(r)) continue;
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
    nothing_is_lost<llmx::openai_chat>(false);
    nothing_is_lost<llmx::openai_chat>(true);
}
BOOST_AUTO_TEST_CASE(anthropic_loses_nothing_silently) {
    nothing_is_lost<llmx::anthropic_messages>(false);
    nothing_is_lost<llmx::anthropic_messages>(true);
}
BOOST_AUTO_TEST_CASE(gemini_loses_nothing_silently) {
    nothing_is_lost<llmx::gemini_generate>(false);
    nothing_is_lost<llmx::gemini_generate>(true);
}
BOOST_AUTO_TEST_CASE(bedrock_loses_nothing_silently) {
    nothing_is_lost<llmx::bedrock_converse>(false);
    nothing_is_lost<llmx::bedrock_converse>(true);
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
