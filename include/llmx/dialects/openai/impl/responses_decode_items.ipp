// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/responses.hpp>

#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/responses_common.hpp>
#include <llmx/dialects/openai/detail/responses_fields.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/utf8.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

/// `image_url`, which is a text here, or `file_id`.
LLMX_DECL void responses_read_image(const json_cursor& from, image_part& to) {
    const json_cursor member = from["image_url"];
    // Clients of the older API send its object here.
    std::string url;
    if (member.object() != nullptr) url = member["url"].string_or();
    else member.read(url);
    from["file_id"].read(to.source.file_id);
    from["detail"].read(to.detail);
    if (url.empty() && to.source.file_id.empty()) return member.expected("a URL, beside which file_id may stand");
    if (!url.empty() && openai_chat_read_media_url(url, to.source).has_error()) member.expected("an http(s) or a data URL");
    responses_keep(from, {"type", "image_url", "file_id", "detail"}, "", to.extra);
    // "auto" is what an image without it has.
    if (to.detail == "auto") to.detail.clear();
}

LLMX_DECL void responses_read_file(const json_cursor& from, file_part& to) {
    std::string data, url;
    const json_cursor member = from["file_data"];
    member.read(data);
    from["file_url"].read(url);
    from["file_id"].read(to.source.file_id);
    from["filename"].read(to.filename);
    if (is_data_url(data)) {
        if (openai_chat_read_media_url(data, to.source).has_error()) member.expected("a data URL or base64");
    } else if (!data.empty()) {
        std::string id = std::move(to.source.file_id);
        to.source = media::from_base64("application/octet-stream", std::move(data));
        to.source.file_id = std::move(id);
        if (to.filename.ends_with(".pdf")) to.source.media_type = "application/pdf";
    }
    if (!url.empty()) to.source.url = std::move(url);
    if (to.source.data.empty() && to.source.url.empty() && to.source.file_id.empty()) member.expected("file_data, file_url or file_id");
    responses_keep(from, {"type", "file_data", "file_url", "file_id", "filename"}, "", to.extra);
}

LLMX_DECL void responses_read_text(const json_cursor& from, text_part& to) {
    openai_chat_need(from["text"], to.text);
    const json_cursor annotations = from["annotations"];
    responses_read_annotations(annotations, to.citations);
    responses_keep(from, {"type", "text", "annotations", "logprobs"}, "", to.extra);
}

LLMX_DECL content_part responses_read_content(const json_cursor& from) {
    const json_cursor kind = from["type"];
    std::string type;
    openai_chat_need(kind, type);
    // "text" is what clients of the older API write.
    if (type == "input_text" || type == "output_text" || type == "text" || type == "summary_text" || type == "reasoning_text") {
        text_part part;
        responses_read_text(from, part);
        return part;
    }
    if (type == "refusal") {
        refusal_part part;
        openai_chat_need(from["refusal"], part.text);
        return part;
    }
    if (type == "input_image" || type == "image_url") {
        image_part part;
        responses_read_image(from, part);
        return part;
    }
    if (type == "input_file") {
        file_part part;
        responses_read_file(from, part);
        return part;
    }
    if (type == "input_audio") {
        audio_part part;
        const json_cursor audio = from["input_audio"];
        audio.expect_object();
        std::string format;
        openai_chat_need(audio["data"], part.source.data);
        openai_chat_need(audio["format"], format);
        part.source.media_type = format == "mp3" ? "audio/mpeg" : "audio/" + format;
        return part;
    }
    kind.expected("\"input_text\", \"input_image\", \"input_file\", \"input_audio\", \"output_text\" or \"refusal\"");
    return text_part();
}

/// Before the summary of a conversation, in place of the conversation.
inline constexpr std::string_view responses_compaction_words = "Summary of the conversation so far, which it takes the place of:\n\n";

/// Reads the items of one request. Those of the model that follow one another are one message of the assistant, results that do one
/// message of role `tool`.
class responses_item_reader {
public:
    explicit responses_item_reader(chat_request& to) noexcept : to_(to) {}

    LLMX_DECL void read(const json_cursor& item, std::size_t index) {
        index_ = index;
        const json_cursor kind = item["type"];
        std::string type;
        kind.read(type);
        if (type.empty()) {
            // The type of a message may be left out, and that of a reference.
            const json_cursor of_message = item["role"], id = item["id"];
            if (!of_message && id) type = "item_reference";
            else type = "message";
        }
        if (type == "message") read_message(item);
        else if (type == "reasoning") read_reasoning(item);
        else if (type == "function_call") read_call(item, false);
        else if (type == "custom_tool_call") read_call(item, true);
        else if (type == "function_call_output") read_result(item, false);
        else if (type == "custom_tool_call_output") read_result(item, true);
        else if (type == "image_generation_call" && !item["result"].string_or().empty()) read_made_image(item);
        else if (responses_is_client_tool(type)) read_client_tool(item, type);
        else if (responses_is_record(type)) read_record(item);
        else read_other(item, type);
        if (type == "mcp_approval_response") approved_ = true;
        else if (!to_.messages.empty() && to_.messages.back().from == role::assistant) approved_ = false;
    }

    /// After the last item. A call that is approved by the last turn is one that only the vendor can make.
    LLMX_DECL void finish() {
        if (approved_) to_.extra.add(openai_responses::name, "input.mcp_approval_response", "true");
    }

private:
    /// The message that the next part belongs to, of role \p from: the latest, when it has that role and consists of items.
    LLMX_DECL message& open(role from) {
        if (!joins_ || to_.messages.empty() || to_.messages.back().from != from) return begin(from);
        return to_.messages.back();
    }
    LLMX_DECL message& begin(role from) {
        to_.origins.message(wire_origin(0, index_));
        joins_ = from == role::assistant || from == role::tool;
        return to_.messages.emplace_back(from);
    }
    /// The part is the item number `index_`, or the element \p inner of its content.
    LLMX_DECL void add(message& m, content_part part, std::size_t inner = wire_origin::no_index) {
        m.content.push_back(std::move(part));
        const bool whole = inner == wire_origin::no_index;
        to_.origins.part(wire_origin(whole ? 1 : 0, index_, whole ? 0 : inner));
    }

    LLMX_DECL void read_message(const json_cursor& item) {
        const json_cursor member = item["role"], content = item["content"];
        std::string word;
        openai_chat_need(member, word);
        role from = role::user;
        if (word == "assistant") from = role::assistant;
        else if (word == "system") from = role::system;
        else if (word == "developer") from = role::developer;
        else if (word != "user") member.expected("user, system, developer or assistant");
        if (!content) return content.expected("a string or an array");
        message& m = from == role::assistant ? open(from) : begin(from);
        extra_members of_item;
        responses_keep(item, {"type", "role", "content"}, from == role::assistant ? responses_message : std::string_view(), of_item);
        std::erase_if(of_item.members, [](const auto& one) { return one.is_absent; });
        const std::size_t first = m.content.size();
        if (content.is_string()) {
            if (const std::string_view text = content.string_or(); !text.empty()) add(m, text_part(std::string(text)), 0);
        } else if (content.array() == nullptr) {
            return content.expected("a string or an array");
        } else {
            content.each_object([&](const json_cursor& one, std::size_t i) { add(m, responses_read_content(one), i); });
        }
        if (from != role::assistant) {
            if (!of_item.members.empty()) m.extra = std::move(of_item);
            return;
        }
        // Several messages of the model are one here: what an item has beside its content stays with its first text.
        auto* const text = first < m.content.size() ? std::get_if<text_part>(&m.content[first]) : nullptr;
        if (text == nullptr || of_item.members.empty()) return;
        for (auto& one : of_item.members) {
            extra_members::member& kept = text->extra.add(openai_responses::name, std::move(one.name), std::move(one.value.text));
            kept.hint = true;
        }
    }

    LLMX_DECL void read_reasoning(const json_cursor& item) {
        std::string encrypted;
        item["encrypted_content"].read(encrypted);
        const responses_proof proof = responses_read_proof(encrypted);
        thinking_part part(responses_thoughts(item));
        if (proof.last && part.text.empty() && sign_last(proof.signature)) return;
        if (proof.next && part.text.empty()) {
            next_signature_ = proof.signature;
            return;
        }
        responses_read_thinking(item, proof, part);
        const json_cursor content = item["content"];
        if (content.size() != 0) {
            // Written back where it was.
            extra_members::member& m = part.extra.add(openai_responses::name, "content", "true");
            m.hint = m.is_absent = true;
        }
        add(open(role::assistant), std::move(part));
    }

    /// The signature of the text or the call before. False when there is none.
    LLMX_DECL bool sign_last(std::string_view signature) {
        if (!joins_ || to_.messages.empty() || to_.messages.back().from != role::assistant || to_.messages.back().content.empty()) return false;
        content_part& last = to_.messages.back().content.back();
        if (auto* const text = std::get_if<text_part>(&last)) text->signature = signature;
        else if (auto* const call = std::get_if<tool_call_part>(&last)) call->signature = signature;
        else return false;
        return true;
    }

    LLMX_DECL void read_call(const json_cursor& item, bool custom) {
        tool_call_part call;
        std::string space, name;
        openai_chat_need(item["call_id"], call.id);
        openai_chat_need(item["name"], name);
        item["namespace"].read(space);
        call.name = responses_joined(space, name);
        if (custom) {
            std::string input;
            openai_chat_need(item["input"], input);
            call.arguments = custom_tool_arguments(input);
            mark_custom_tool(call.extra, openai_responses::name);
        } else {
            item["arguments"].read(call.arguments);
        }
        call.signature = std::move(next_signature_);
        next_signature_.clear();
        responses_keep(item, {"type", "call_id", "name", "namespace", custom ? "input" : "arguments"}, "", call.extra);
        add(open(role::assistant), std::move(call));
    }

    LLMX_DECL void read_result(const json_cursor& item, bool custom) {
        tool_result_part result;
        openai_chat_need(item["call_id"], result.call_id);
        const json_cursor output = item["output"];
        if (!output) output.expected("a string or an array");
        if (custom) mark_custom_tool(result.extra, openai_responses::name);
        if (output.is_string()) {
            if (const std::string_view text = output.string_or(); !text.empty()) result.content.emplace_back(text_part(std::string(text)));
        } else if (output.array() == nullptr) {
            output.expected("a string or an array");
        } else {
            output.each_object([&result](const json_cursor& one, std::size_t) {
                content_part part = responses_read_content(one);
                const json_cursor kind = one["type"];
                if (auto* const text = std::get_if<text_part>(&part)) result.content.emplace_back(std::move(*text));
                else if (auto* const image = std::get_if<image_part>(&part)) result.content.emplace_back(std::move(*image));
                else if (auto* const file = std::get_if<file_part>(&part)) result.content.emplace_back(std::move(*file));
                else kind.expected("\"input_text\", \"input_image\" or \"input_file\"");
            });
        }
        responses_keep(item, {"type", "call_id", "output", "name", "namespace"}, "", result.extra);
        add(open(role::tool), std::move(result));
    }

    /// A picture that the model made, which the next turn may be about: an image of the assistant's turn. Its item is kept for this language.
    LLMX_DECL void read_made_image(const json_cursor& item) {
        keep_item(open(role::assistant), image_part(responses_made_image(item)), item);
    }

    /// What a tool of this API alone asked of its client, or was answered by it: text of the turn elsewhere, a screenshot an image.
    LLMX_DECL void read_client_tool(const json_cursor& item, std::string_view type) {
        const bool of_client = type.ends_with("_output");
        message& m = of_client ? begin(role::user) : open(role::assistant);
        if (of_client) joins_ = false;
        const json_cursor output = item["output"], url = output["image_url"];
        media shot;
        if (url.is_string() && !openai_chat_read_media_url(url.string_or(), shot).has_error()) return keep_item(m, image_part(std::move(shot)), item);
        std::string text("[");
        text.append(type).append("]\n").append(item.text());
        keep_item(m, text_part(std::move(text)), item);
    }
    /// Adds \p part, which \p item is elsewhere; this language gets the item back.
    template <class Part> void keep_item(message& m, Part part, const json_cursor& item) {
        extra_members::member& whole = part.extra.add(openai_responses::name, std::string(responses_record), item.text());
        whole.hint = whole.is_absent = true;
        add(m, std::move(part));
    }

    /// What a tool of the vendor did: another vendor needs none of it, since the answer that follows contains the result.
    LLMX_DECL void read_record(const json_cursor& item) {
        thinking_part part;
        part.extra.add(openai_responses::name, std::string(responses_record), item.text()).hint = true;
        add(open(role::assistant), std::move(part));
    }

    LLMX_DECL void read_other(const json_cursor& item, std::string_view type) {
        const bool reference = type == "item_reference", compacted = type == "compaction" || type == "compaction_summary";
        const signed_by made = read_signature(item["encrypted_content"].string_or(), openai_responses::name);
        if (compacted && made.signer == responses_compacted)
            if (const result<std::string> summary = base64_decode(made.signature); summary && valid_utf8(*summary))
                return add(begin(role::user), text_part(std::string(responses_compaction_words).append(*summary)));
        // Of the request as a whole: the vendor's alone to resolve.
        if (reference) to_.extra.add(openai_responses::name, "input.reference", "true");
        if (compacted) to_.extra.add(openai_responses::name, "input.compaction", "true");
        const bool of_client = type.ends_with("_output") || type.ends_with("_response");
        message& m = of_client ? begin(role::user) : open(role::assistant);
        if (of_client) joins_ = false;
        add(m, opaque_part(openai_responses::name, item.text()));
    }

    chat_request& to_;
    std::size_t index_ = 0;
    bool joins_ = false;
    /// An approval of a call came, and nothing of the model's since.
    bool approved_ = false;
    /// Of the next call.
    std::string next_signature_;
};

LLMX_DECL void responses_read_input(const json_cursor& input, chat_request& to) {
    if (!input) return;
    if (input.is_string()) {
        to.origins.message(wire_origin(0));
        message& m = to.messages.emplace_back(role::user);
        if (const std::string_view text = input.string_or(); !text.empty()) {
            m.content.emplace_back(text_part(std::string(text)));
            to.origins.part(wire_origin(1));
        }
        return;
    }
    if (input.array() == nullptr) return input.expected("a string or an array");
    to.messages.reserve(to.messages.size() + input.size());
    responses_item_reader reader(to);
    input.each_object([&reader](const json_cursor& item, std::size_t i) { reader.read(item, i); });
    reader.finish();
}

} // namespace llmx::inline LLMX_ABI::detail
