// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/detail/json.hpp>
#include <llmx/dialects/gemini/detail/ruler.hpp>
#include <llmx/dialects/chat_codec.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// The prefix of ids of tool calls that the wire did not have.
inline constexpr std::string_view generate_made_up_id = "llmx_call_";
/// Google's text for a call whose signature is lost, which its check accepts.
/// Source: https://ai.google.dev/gemini-api/docs/thought-signatures.
inline constexpr std::string_view generate_no_signature = "skip_thought_signature_validator";

/// The prefix of the made-up ids of all calls of a response, or of a request when
/// \p response_id is empty. A response's own id goes into it, so that turns of one conversation
/// do not collide; the \p n-th call's number follows.
LLMX_DECL [[nodiscard]] std::string generate_call_id_begin(std::string_view response_id);

/// The calls of a conversation, to give ids to those without and to find a result's call.
class generate_calls {
public:
    generate_calls() = default;
    generate_calls(const generate_calls&) = delete;
    generate_calls& operator=(const generate_calls&) = delete;
    /// Notes a call; returns its id, made up when \p id is empty.
    LLMX_DECL std::string add(std::string_view id, std::string_view name);
    /// The id of the call that a result belongs to: \p id, else the oldest call of that
    /// name without a result. A result without a call gets an id of its own.
    LLMX_DECL std::string answer(std::string_view id, std::string_view name);
    /// The name of the latest call \p id; empty when there is none.
    LLMX_DECL [[nodiscard]] std::string_view name_of(std::string_view id) const noexcept;
    /// The name of the oldest call without an id that has no result yet, which now has one; empty when there is none.
    LLMX_DECL [[nodiscard]] std::string_view answer_next() noexcept;
    /// For ids that are made up from now on.
    LLMX_DECL void response_id(std::string_view id);

private:
    struct noted_call {
        noted_call() = default;
        std::string id, name;
        bool answered = false;
    };
    /// Calls of one id or name; those before `first` have their results.
    struct queue {
        std::vector<noted_call*> calls;
        std::size_t first = 0;
    };
    // Ordered: a caller can choose names that have one hash.
    using index = std::map<std::string_view, queue>;
    LLMX_DECL [[nodiscard]] static noted_call* oldest(index& of, std::string_view key) noexcept;
    [[nodiscard]] std::string make_up() { return made_up_begin_ + std::to_string(made_up_++); }

    std::deque<noted_call> calls_; // the indexes point into it
    index by_id_, by_name_;
    std::string made_up_begin_ = std::string(generate_made_up_id);
    std::size_t made_up_ = 0;
};

/// The prefix of another vendor's signature here, as base64 of "llmx::": Google's SDKs keep
/// signatures as bytes, so that one with its tag is base64 as a whole.
inline constexpr std::string_view gemini_foreign_signature = "bGxteDo6";
/// \p signature as a thoughtSignature.
LLMX_DECL [[nodiscard]] std::string generate_write_signature(std::string_view signature, std::string_view signer);
/// A thoughtSignature, its tag taken off.
LLMX_DECL void generate_read_signature(std::string_view text, thinking_part& to);

/// One Part of a Content. Calls and results are noted in \p calls. The result after a fault of the document
/// means nothing.
LLMX_DECL [[nodiscard]] content_part generate_read_part(const json_cursor& part, generate_calls& calls);
/// A reply's part; one that cannot be read is kept as an opaque part.
LLMX_DECL [[nodiscard]] content_part generate_read_reply_part(const json_cursor& part, generate_calls& calls);

/// The standard alphabet with padding, from either alphabet (proto3 reads both).
LLMX_DECL [[nodiscard]] std::string generate_base64(std::string_view text);

/// The object that a tool result's text is on the wire.
LLMX_DECL void generate_write_response(json_writer& w, std::string_view text, bool is_error);
/// A functionCall; \p arguments must be a JSON object or empty.
LLMX_DECL void generate_write_call(json_writer& w, std::string_view id, std::string_view name,
                                   std::string_view arguments, const extra_members* extra);
/// An inlineData or fileData member with its members of \p extra. Returns the prefix of those ("inlineData."),
/// empty when \p m has neither bytes nor a reference.
LLMX_DECL std::string_view generate_write_media(json_writer& w, const media& m, std::string_view otherwise,
                                                const extra_members& extra);
/// MIME type by a URL's extension; empty when unknown.
LLMX_DECL [[nodiscard]] std::string_view generate_type_of_url(std::string_view url) noexcept;

/// Candidate.FinishReason. \p word is a reply's, e.g. "MAX_TOKENS".
LLMX_DECL [[nodiscard]] finish_reason generate_read_finish(std::string_view word, bool has_calls) noexcept;
/// The reason of a candidate that failed and, behind a colon, Google's words about it.
LLMX_DECL [[nodiscard]] std::string generate_failure_words(const json_cursor& candidate);
LLMX_DECL [[nodiscard]] std::string_view generate_finish_word(finish_reason reason) noexcept;

/// UsageMetadata.
LLMX_DECL [[nodiscard]] usage generate_read_usage(const json_cursor& metadata);
LLMX_DECL void generate_write_usage(json_writer& w, const usage& u);

/// The class of service that a `trafficType` (Vertex AI, "ON_DEMAND_PRIORITY") or a `serviceTier` ("priority") of the usage is;
/// nothing for the usual one.
LLMX_DECL [[nodiscard]] std::optional<service_tier> generate_tier_of(std::string_view word) noexcept;
/// The queries of the web that the search tool made for \p candidates.
LLMX_DECL [[nodiscard]] std::int64_t generate_count_searches(const json_cursor& candidates);
/// The same in text that is not parsed.
LLMX_DECL [[nodiscard]] std::int64_t gemini_scan_searches(std::string_view candidates) noexcept;
/// `generate_read_usage` on text that is not parsed; \p metadata begins with the object.
LLMX_DECL [[nodiscard]] usage gemini_scan_usage(std::string_view metadata);
/// Whether a scanned member's raw key is either spelling of a name.
LLMX_DECL [[nodiscard]] bool gemini_named(const json_member& m, std::string_view camel, std::string_view snake);
/// The first byte of a stream that decides its framing; npos when there is none yet.
LLMX_DECL [[nodiscard]] std::size_t gemini_first_byte(std::string_view bytes) noexcept;

/// LogprobsResult as OpenAI's logprobs object and back; empty when there is nothing.
LLMX_DECL [[nodiscard]] std::string generate_read_logprobs(const json_cursor& logprobs_result);
LLMX_DECL [[nodiscard]] std::string generate_write_logprobs(std::string_view logprobs);

/// A citation of a candidate, its range in bytes, and the part that it is about.
struct generate_citation {
    generate_citation() = default;
    citation what;
    std::int64_t part = 0;
};
/// One for each grounding support and chunk, and for each citation source.
LLMX_DECL [[nodiscard]] std::vector<generate_citation> generate_read_citations(const json_cursor& candidate);
/// Gives the text parts the citations of a candidate's grounding and citation metadata; \p answer holds
/// the candidate's parts, one for one.
LLMX_DECL void generate_add_citations(const json_cursor& candidate, message& answer);
/// Citations of other dialects as groundingMetadata.
class generate_grounding {
public:
    /// \p text is the text that the citation's range counts in.
    LLMX_DECL void add(const citation& c, std::size_t part, const gemini_ruler& text);
    [[nodiscard]] bool empty() const noexcept { return n_ == 0; }
    /// The member, in an object that is open.
    LLMX_DECL void write(json_writer& w) const;

private:
    std::string chunks_, supports_;
    std::size_t n_ = 0;
};
/// Writes citations of other dialects as groundingMetadata; nothing when there are none.
LLMX_DECL void generate_write_citations(json_writer& w, const message& answer);

/// The meaning of an error object: google.rpc.Code's name, the HTTP status and the text.
LLMX_DECL [[nodiscard]] error generate_read_failure(const json_cursor& error_object);
/// The same for a tree, which embeddings read.
LLMX_DECL [[nodiscard]] error gemini_stream_error(const boost::json::object& error_object);

} // namespace llmx::inline LLMX_ABI::detail
