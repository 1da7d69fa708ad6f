// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat.hpp>
#include <llmx/core/detail/fnv1a.hpp>
#include <llmx/core/embeddings.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/providers/message_edits.hpp>
#include <llmx/providers/row_edits.hpp>
#include <llmx/wire/json_scan.hpp>

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Whether \p value is one of \p values, which are separated by spaces.
LLMX_DECL [[nodiscard]] bool row_value_is_one_of(std::string_view value, std::string_view values) noexcept {
    while (!values.empty()) {
        const std::string_view one = values.substr(0, values.find(' '));
        if (one == value) return true;
        values.remove_prefix(std::min(values.size(), one.size() + 1));
    }
    return false;
}

/// Whether \p value is the meaning of a request without the member \p name, so that leaving it out changes nothing.
/// Source: the defaults of OpenAI's OpenAPI description, CreateChatCompletionRequest.
LLMX_DECL [[nodiscard]] bool row_value_is_default(std::string_view name, std::string_view value) noexcept {
    // None of the defaults has white space, which clients may put between tokens.
    std::string compact;
    if (value.size() > 64) return false;
    std::copy_if(value.begin(), value.end(), std::back_inserter(compact), [](char c) { return c > ' '; });
    struct default_value {
        std::string_view name, values;
    };
    static constexpr default_value defaults[] = {
        {"n", "1"},         {"frequency_penalty", "0 0.0"},   {"presence_penalty", "0 0.0"}, {"logprobs", "false"},
        {"logit_bias", "{}"}, {"parallel_tool_calls", "true"}, {"store", "false"},            {"service_tier", "\"auto\""},
        {"top_logprobs", "0"}, {"modalities", "[\"text\"]"},   {"tools", "[]"},               {"response_format", R"({"type":"text"})"},
        {"tool_choice", "\"auto\""}, {"encoding_format", "\"float\""}};
    for (const default_value& d : defaults)
        if (d.name == name) return row_value_is_one_of(compact, d.values);
    return false;
}

/// The place of the member that OpenAI's language calls \p name: as its caller wrote it, or in the vocabulary from which
/// it was encoded.
LLMX_DECL [[nodiscard]] request_place row_member_place(std::string_view name, bool is_chat, written_by author) {
    const request_place at;
    if (author == written_by::caller) return at.other(std::string(name));
    if (!is_chat) {
        const described_member* const member = find_member<embedding_request>(name);
        return member != nullptr ? at.of(*member) : at.other(std::string(name));
    }
    if (name == "max_tokens" || name == "max_completion_tokens") return at.of<&chat_request::max_output_tokens>();
    if (name == "reasoning_effort") return at.of<&chat_request::reasoning>().of<&reasoning_options::effort>();
    const described_member* const member = find_member<chat_request>(name);
    return member != nullptr ? at.of(*member) : at.other(std::string(name));
}

/// Whether an answer without the member \p name of OpenAI's language means the same.
LLMX_DECL [[nodiscard]] bool row_member_is_hint(std::string_view name) noexcept {
    // The end user and labels of the caller's own: encoders of other languages report them as hints.
    if (name == "user" || name == "metadata") return true;
    // So are those that tune the choice of a token, the class of service and a wish for one call at a time (docs/fidelity.md).
    static constexpr std::string_view tuning[] = {"temperature",       "top_p",             "top_k",  "seed", "service_tier",
                                                  "presence_penalty", "frequency_penalty", "parallel_tool_calls"};
    if (std::find(std::begin(tuning), std::end(tuning), name) != std::end(tuning)) return true;
    return std::find(std::begin(openai_chat_hints), std::end(openai_chat_hints), name) != std::end(openai_chat_hints);
}

/// Gives the call whose id is \p m's value, or its result, an id of \p length letters and digits unless it has one: digits to the
/// base 62 of the id's hash.
LLMX_DECL void row_edit_call_id(const json_member& m, std::size_t offset, std::size_t length, splice_list& edits) {
    if (!is_json_string(m.value)) return;
    const std::string id = unescape_json_string(m.value);
    const auto plain = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    if (id.size() == length && std::all_of(id.begin(), id.end(), plain)) return;
    std::string fitted;
    for (std::uint64_t hash = fnv1a(id); fitted.size() < length; hash /= 62)
        fitted += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[hash % 62];
    edits.replace_with_string(offset + m.begin, offset + m.end, fitted);
}

/// The same for all calls and results of \p messages, the value of a member of a chat request's top level that begins at
/// \p offset of the body. What is no array of objects is for the vendor to refuse.
LLMX_DECL void row_edit_call_ids(std::string_view messages, std::size_t offset, std::size_t length, splice_list& edits) {
    const auto within = [messages, offset](std::string_view value) { return offset + static_cast<std::size_t>(value.data() - messages.data()); };
    const auto edit_call = [&](const json_member& call) {
        if (!call.value.starts_with('{')) return;
        (void)scan_json_members(call.value, [&](const json_member& m) {
            if (m.named("id")) row_edit_call_id(m, within(call.value), length, edits);
        });
    };
    (void)scan_json_elements(messages, [&](const json_member& message) {
        if (!message.value.starts_with('{')) return;
        (void)scan_json_members(message.value, [&](const json_member& m) {
            if (m.named("tool_call_id")) row_edit_call_id(m, within(message.value), length, edits);
            else if (m.named("tool_calls") && m.value.starts_with('[')) (void)scan_json_elements(m.value, edit_call);
        });
    });
}

/// The edits of one request.
class row_editing {
public:
    row_editing(const vendor_row& row, bool is_chat, written_by author, std::string_view body, const member_spans& known,
                splice_list& edits, drop_report& drops) noexcept
        : row_(&row), changes_(is_chat ? row.edits : row.embedding_edits), is_chat_(is_chat), author_(author), body_(body),
          known_(&known), edits_(&edits), drops_(&drops) {
        if (!is_chat) return;
        if (row.limit == token_limit_name::max_tokens) limit_ = rename_member("max_completion_tokens", "max_tokens");
        if (row.limit == token_limit_name::max_completion_tokens)
            limit_ = rename_member("max_tokens", "max_completion_tokens");
    }

    LLMX_DECL result<void> edit(const json_member& m) {
        if (!m.escaped) return edit(m, m.key);
        const std::string name = unescape_json_string(m.key);
        return edit(m, name);
    }
    /// After the last member.
    LLMX_DECL result<void> finish() {
        for (const member_edit& e : changes_) {
            if (e.what != member_edit::kind::add) continue;
            const std::size_t object = body_.find('{');
            const result<bool> there = has(e.name);
            if (!there) return there.error();
            if (!*there && object != std::string_view::npos) edits_->insert(object, e.name, e.to);
        }
        return success();
    }

private:
    /// The value of a member that a rename concerns.
    enum class fate : std::uint8_t { stays, renamed, removed };

    LLMX_DECL result<void> edit(const json_member& m, std::string_view name) {
        if (is_chat_ && row_->does_refuse(name)) return leave_out(m, name), success();
        if (is_chat_ && row_->call_id_length != 0 && name == "messages" && m.value.starts_with('['))
            row_edit_call_ids(m.value, m.begin, row_->call_id_length, *edits_);
        if (is_chat_ && row_->text_content && name == "messages") return join_contents(m.value), success();
        // Limits and values are those of the vendor's name.
        std::string_view now = name, value = m.value;
        const auto renamed = [&](const member_edit& e) -> result<bool> {
            const result<fate> what = rename(e, m, name);
            if (!what) return what.error();
            if (*what == fate::renamed) now = e.to;
            return *what == fate::removed;
        };
        if (!limit_.name.empty()) {
            const result<bool> gone = renamed(limit_);
            if (!gone) return gone.error();
            if (*gone) return success();
        }
        for (const member_edit& e : changes_) {
            if (e.what == member_edit::kind::rename) {
                const result<bool> gone = renamed(e);
                if (!gone) return gone.error();
                if (*gone) return success();
            } else if (e.what == member_edit::kind::exchange && e.name == now && row_value_is_one_of(value, e.values)) {
                return exchange(e, m, name);
            } else if (e.name == now && !is_json_null(value) && !change(e, m, name, value)) {
                return success();
            }
        }
        return success();
    }
    [[nodiscard]] request_place place(std::string_view name) const { return row_member_place(name, is_chat_, author_); }
    LLMX_DECL void leave_out(const json_member& m, std::string_view name) {
        edits_->remove(m);
        if (is_json_null(m.value)) return;
        const bool options = name == "stream_options";
        if (options && author_ == written_by::encoder) return;
        // A stream that cannot be configured to send its usage gives the same answer.
        if (options || row_value_is_default(name, m.value) || row_member_is_hint(name)) drops_->hint(place(name));
        else drops_->lost(place(name));
    }
    /// Of the two members the newer name counts, whichever the vendor has.
    LLMX_DECL [[nodiscard]] result<fate> rename(const member_edit& e, const json_member& m, std::string_view name) {
        const bool to_newer = e.to == "max_completion_tokens";
        if (name == e.name) {
            // Of two the newer one counts, unless it is null.
            const result<bool> other = has(e.to, to_newer);
            if (!other) return other.error();
            if (*other && (to_newer || is_json_null(m.value))) return edits_->remove(m), fate::removed;
            edits_->rename(m, e.to);
            return fate::renamed;
        }
        if (name != e.to) return fate::stays;
        const result<bool> other = to_newer && !is_json_null(m.value) ? result<bool>(false) : has(e.name, true);
        if (!other) return other.error();
        if (!*other) return fate::stays;
        edits_->remove(m);
        return fate::removed;
    }
    LLMX_DECL result<void> exchange(const member_edit& e, const json_member& m, std::string_view name) {
        const result<bool> other = has(e.other, true);
        if (!other) return other.error();
        if (*other) {
            edits_->remove(m);
            drops_->hint(place(name));
            return success();
        }
        edits_->rename(m, e.other);
        edits_->replace(m.begin, m.end, e.to);
        return success();
    }
    /// The contents of \p messages that are lists of texts. What is malformed inside stays as it is, for the vendor to refuse.
    LLMX_DECL void join_contents(std::string_view messages) {
        std::size_t number = 0;
        if (!messages.starts_with('[')) return;
        static_cast<void>(scan_json_elements(messages, [&](const json_member& message) {
            const std::size_t at = number++;
            if (!message.value.starts_with('{')) return;
            static_cast<void>(scan_json_members(message.value, [&](const json_member& m) {
                if (m.named("content") && m.value.starts_with('[')) join_content(m.value, at);
            }));
        }));
    }
    /// One of them: the JSON strings of its texts, one after the other, are the JSON string of the whole.
    LLMX_DECL void join_content(std::string_view list, std::size_t message) {
        std::string joined = "\"";
        std::vector<std::string> others;
        std::size_t number = 0;
        bool texts = true;
        const result<void> read = scan_json_elements(list, [&](const json_member& part) {
            bool is_text = false, has_text = false;
            const result<void> members = !part.value.starts_with('{') ? result<void>(error(errc::invalid_request)) :
                scan_json_members(part.value, [&](const json_member& m) {
                    if (m.named("type")) {
                        is_text = m.value == "\"text\"";
                    } else if (m.named("text")) {
                        has_text = is_json_string(m.value);
                        if (has_text) joined.append(m.value, 1, m.value.size() - 2);
                    } else if (!is_json_null(m.value)) {
                        others.push_back("messages[" + std::to_string(message) + "].content[" + std::to_string(number) + "]." +
                                         unescape_json_string(m.key));
                    }
                });
            texts = texts && members.has_value() && is_text && has_text;
            ++number;
        });
        // An encoder has reported what its language lacks, so that its parts have no others.
        if (!read || !texts || number == 0 || (author_ == written_by::encoder && !others.empty())) return;
        joined += '"';
        const auto at = static_cast<std::size_t>(list.data() - body_.data());
        edits_->replace(at, at + list.size(), joined);
        for (std::string& name : others) drops_->hint(request_place().other(std::move(name)));
    }
    /// False when the member is left out. \p value is its edited value so far.
    LLMX_DECL bool change(const member_edit& e, const json_member& m, std::string_view name, std::string_view& value) {
        const auto becomes = [&](std::string_view text) {
            edits_->replace(m.begin, m.end, text);
            value = text;
        };
        if (e.what == member_edit::kind::at_most) {
            if (const std::optional<double> n = json_number(value); n && *n > e.most) {
                becomes(e.to);
                drops_->hint(place(name));
            }
        } else if (e.what == member_edit::kind::map) {
            if (value == e.values) becomes(e.to);
        } else if (e.what == member_edit::kind::only && !row_value_is_one_of(value, e.values)) {
            leave_out(m, name);
            return false;
        }
        return true;
    }
    /// Whether the body has a member \p name, with \p filled one that is not null. Each question is answered once: a request
    /// decides how often it comes.
    LLMX_DECL [[nodiscard]] result<bool> has(std::string_view name, bool filled = false) {
        for (const answer& a : answers_)
            if (a.name == name && a.filled == filled) return a.there;
        answer a{name, filled, false};
        const result<void> read = for_each_member(body_, *known_, [&a](const json_member& m) {
            a.there |= m.named(a.name) && (!a.filled || !is_json_null(m.value));
        });
        if (!read) return read.error();
        answers_.push_back(a);
        return a.there;
    }
    struct answer {
        std::string_view name;
        bool filled, there;
    };

    const vendor_row* row_;
    std::span<const member_edit> changes_;
    bool is_chat_;
    written_by author_;
    std::string_view body_;
    const member_spans* known_;
    splice_list* edits_;
    drop_report* drops_;
    boost::container::small_vector<answer, 4> answers_;
    member_edit limit_;
};

} // namespace detail

LLMX_DECL result<void> apply_row(const vendor_row& row, const operation_info& op, written_by author, std::string_view body,
                                 const member_spans& known, splice_list& edits, drop_report& drops) {
    const bool is_chat = &op == &chat::info;
    if (!is_chat && (&op != &embeddings::info || row.embedding_edits.empty())) return success();
    if (is_chat) {
        message_rules rules = row.messages;
        rules.parts = !row.text_content;
        if (const result<void> read = edit_messages(rules, author, body, known, edits, drops); !read) return read;
    }
    detail::row_editing editing(row, is_chat, author, body, known, edits, drops);
    const result<void> edited = for_each_member(body, known, [&editing](const json_member& m) { return editing.edit(m); });
    if (!edited) return edited;
    return editing.finish();
}

} // namespace llmx::inline LLMX_ABI
