// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/responses.hpp>

#include <llmx/dialects/detail/file_id.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/responses_common.hpp>
#include <llmx/dialects/openai/detail/responses_fields.hpp>
#include <llmx/dialects/openai/impl/chat_encode_content.ipp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>

#include <set>

namespace llmx::inline LLMX_ABI::detail {

/// Writes the messages of a request as items.
class responses_item_writer {
public:
    responses_item_writer(json_writer& w, const chat_request& request, const model_traits& traits, drop_report& drops) noexcept
        : w_(w), request_(request), drops_(drops), thinks_(takes_thoughts(traits)) {}

    /// The first message is `instructions` when it is a system message of one text and nothing else.
    [[nodiscard]] static const text_part* instructions(const chat_request& request) noexcept {
        if (request.messages.empty()) return nullptr;
        const message& m = request.messages.front();
        if (m.from != role::system || m.content.size() != 1 || !m.extra.empty()) return nullptr;
        const auto* const text = std::get_if<text_part>(&m.content.front());
        return text != nullptr && !text->text.empty() && text->extra.empty() ? text : nullptr;
    }

    LLMX_DECL void write() {
        if (const text_part* const text = instructions(request_); text != nullptr) {
            report_members(*text, place(0));
            report_fields(&request_.messages.front(), responses_message_fields.view(), place(), drops_);
            w_.member("instructions", text->text);
            index_ = 1;
        }
        w_.key("input").array();
        for (; index_ < request_.messages.size(); ++index_) write(request_.messages[index_]);
        w_.end_array();
    }

private:
    [[nodiscard]] request_place place() const { return request_place().message(index_); }
    [[nodiscard]] request_place place(std::size_t part) const { return place().part(part); }

    /// Reports members without an equivalent.
    template <class Part> void report_members(const Part& p, const request_place& at) {
        report_fields(&p, responses_part_fields<Part>(), at, drops_);
        if constexpr (requires { p.extra; }) drops_.foreign(p.extra, openai_responses::name, at);
    }

    LLMX_DECL void write(const message& m) {
        report_fields(&m, responses_message_fields.view(), place(), drops_);
        drops_.foreign(m.extra, openai_responses::name, place());
        bool any = false;
        for (std::size_t i = 0; i < m.content.size(); ++i) any = write_part(m, i) || any;
        close();
        // A message without content is one all the same.
        if (any || !m.content.empty() || m.from == role::tool) return;
        if (m.from == role::assistant) {
            w_.object().member("type", "message").member("role", "assistant").member("content", "").end_object();
        } else {
            open(m);
            close();
        }
    }

    /// False when the part has no equivalent and is reported.
    LLMX_DECL bool write_part(const message& m, std::size_t i) {
        const content_part& part = m.content[i];
        const request_place at = place(i);
        if (const auto* const thought = std::get_if<thinking_part>(&part)) return write_thinking(*thought, at);
        std::visit([&](const auto& p) { report_members(p, at); }, part);
        if (write_item(part)) return true;
        if (const auto* const call = std::get_if<tool_call_part>(&part)) {
            if (m.from != role::assistant) return drop(at);
            write_call(*call);
        } else if (const auto* const result = std::get_if<tool_result_part>(&part)) {
            if (m.from != role::tool && m.from != role::user) return drop(at);
            write_result(*result, at);
        } else if (const auto* const opaque = std::get_if<opaque_part>(&part)) {
            return write_opaque(*opaque, at);
        } else if (m.from == role::tool) {
            return drop(at);
        } else if (const auto* const text = std::get_if<text_part>(&part)) {
            write_text(m, *text);
        } else if (const auto* const refusal = std::get_if<refusal_part>(&part)) {
            if (m.from != role::assistant) return drop(at);
            write_refusal(*refusal);
        } else {
            return write_media(m, part, at);
        }
        return true;
    }
    /// Writes the item of this language that \p part, a text or an image, was read of.
    LLMX_DECL bool write_item(const content_part& part) {
        const auto* const image = std::get_if<image_part>(&part);
        const auto* const text = std::get_if<text_part>(&part);
        if (image == nullptr && text == nullptr) return false;
        const raw_json* const whole = responses_find(image != nullptr ? image->extra : text->extra, responses_record);
        if (whole == nullptr) return false;
        close();
        w_.raw(whole->text);
        return true;
    }
    bool drop(const request_place& at) {
        drops_.lost(at);
        return false;
    }

    /// Begins the message item that the next content belongs to, unless one is open.
    LLMX_DECL void open(const message& m) {
        if (open_) return;
        open_ = true;
        w_.object().member("type", "message").member("role", to_string(m.from));
        responses_write_outer(w_, m.extra, {});
        w_.key("content").array();
    }
    void close() {
        if (open_) w_.end_array().end_object();
        open_ = false;
    }

    LLMX_DECL void write_text(const message& m, const text_part& text) {
        if (m.from == role::assistant) return write_answer(m, text);
        open(m);
        w_.object().member("type", "input_text").member("text", text.text);
        responses_write_outer(w_, text.extra, {responses_message});
        w_.end_object();
    }

    /// A text of the model is a message of its own: the content of one that has neither id nor state is a text (EasyInputMessage).
    LLMX_DECL void write_answer(const message& m, const text_part& text) {
        if (text.text.empty() && m.content.size() > 1) return;
        bool has_members = false;
        if (text.extra.speaks(openai_responses::name))
            for (const auto& one : text.extra.members) has_members = has_members || !one.name.starts_with(responses_message);
        w_.object().member("type", "message").member("role", "assistant");
        responses_write_inner(w_, text.extra, responses_message);
        w_.key("content");
        if (!has_members) {
            w_.value(text.text);
        } else {
            w_.array().object().member("type", "output_text").member("text", text.text);
            responses_write_outer(w_, text.extra, {responses_message});
            w_.end_object().end_array();
        }
        w_.end_object();
    }

    /// Only a whole message of the API's own may hold one (OutputMessage), which has an id and a state.
    LLMX_DECL void write_refusal(const refusal_part& refusal) {
        w_.object().member("type", "message").member("role", "assistant").member("id", std::string("msg_").append(std::to_string(made_++)));
        w_.member("status", "completed").key("content").array();
        w_.object().member("type", "refusal").member("refusal", refusal.text).end_object();
        w_.end_array().end_object();
    }

    LLMX_DECL bool write_media(const message& m, const content_part& part, const request_place& at) {
        if (m.from != role::user) return drop(at);
        if (const auto* const image = std::get_if<image_part>(&part)) {
            if (!takes(image->source)) return drop(at);
            open(m);
            write_image(*image, at);
        } else if (const auto* const file = std::get_if<file_part>(&part)) {
            if (!takes(file->source)) return drop(at);
            open(m);
            write_file(*file, at);
        } else {
            return drop(at); // the API takes no sound
        }
        return true;
    }

    [[nodiscard]] static bool takes(const media& m) noexcept {
        if (!m.data.empty()) return !m.media_type.starts_with("audio/") && !m.media_type.starts_with("video/");
        if (!m.url.empty()) return openai_chat_can_fetch(m.url);
        return !m.file_id.empty() && may_know_file(openai_chat::name, m.file_id);
    }

    /// Reports members of \p m that the form chosen for it leaves out.
    template <auto Source>
    void report_media(const media& m, const std::string media::* by, bool typed, const request_place& at) {
        const auto left_out = [&](const std::string media::* member) { return member != by && !(m.*member).empty(); };
        if (left_out(&media::data)) drops_.hint(at.of<Source>().template of<&media::data>());
        if (left_out(&media::url)) drops_.hint(at.of<Source>().template of<&media::url>());
        if (left_out(&media::file_id)) drops_.hint(at.of<Source>().template of<&media::file_id>());
        if (!typed && !m.media_type.empty()) drops_.hint(at.of<Source>().template of<&media::media_type>());
    }

    LLMX_DECL void write_image(const image_part& image, const request_place& at) {
        const media& m = image.source;
        if (!m.data.empty() && type_by_bytes(m.media_type, m.data) == "application/pdf") {
            // Clients name whatever they attach an image.
            if (!image.detail.empty()) drops_.hint(at.of<&image_part::detail>());
            return write_data(m, "application/pdf", std::string_view());
        }
        const auto by = !m.data.empty() ? &media::data : !m.url.empty() ? &media::url : &media::file_id;
        report_media<&image_part::source>(m, by, by == &media::data, at);
        w_.object().member("type", "input_image");
        if (by == &media::data) {
            const std::string_view type = type_by_bytes(m.media_type, m.data);
            w_.member("image_url", make_data_url(type.empty() ? "image/png" : type, m.data));
        } else {
            w_.member(by == &media::url ? "image_url" : "file_id", m.*by);
        }
        w_.member("detail", image.detail.empty() ? std::string_view("auto") : std::string_view(image.detail));
        responses_write_outer(w_, image.extra, {});
        w_.end_object();
    }

    LLMX_DECL void write_data(const media& m, std::string_view type, std::string_view filename) {
        // Bytes without a name are refused.
        const std::string_view made = type == "application/pdf" ? std::string_view("document.pdf") : std::string_view("document");
        w_.object().member("type", "input_file").member("filename", filename.empty() ? made : filename);
        w_.member("file_data", make_data_url(type, m.data)).end_object();
    }

    LLMX_DECL void write_file(const file_part& f, const request_place& at) {
        const media& m = f.source;
        const auto by = !m.data.empty() ? &media::data : !m.url.empty() ? &media::url : &media::file_id;
        const bool image = by == &media::url && m.media_type.starts_with("image/");
        report_media<&file_part::source>(m, by, by == &media::data || image, at);
        if (by == &media::data) {
            const std::string_view seen = type_by_bytes(m.media_type, m.data);
            if (seen.starts_with("image/")) {
                if (!f.filename.empty()) drops_.hint(at.of<&file_part::filename>());
                w_.object().member("type", "input_image").member("image_url", make_data_url(seen, m.data)).member("detail", "auto").end_object();
            } else {
                write_data(m, seen.empty() ? std::string_view("application/octet-stream") : seen, f.filename);
            }
            return openai_report_extra(f.extra, at);
        }
        w_.object().member("type", image ? "input_image" : "input_file");
        w_.member(by == &media::file_id ? "file_id" : image ? "image_url" : "file_url", m.*by);
        if (image) w_.member("detail", "auto");
        else responses_write_outer(w_, f.extra, {});
        w_.end_object();
        // Refused beside a reference.
        if (!f.filename.empty()) drops_.hint(at.of<&file_part::filename>());
        if (image) openai_report_extra(f.extra, at);
    }

    /// Members of an object that is written in another form.
    void openai_report_extra(const extra_members& extra, const request_place& at) {
        if (!extra.speaks(openai_responses::name)) return;
        for (const auto& m : extra.members)
            if (!m.is_absent) drops_.hint(at.other(std::string(extra_members::wire_name(m.name))));
    }

    LLMX_DECL bool write_opaque(const opaque_part& opaque, const request_place& at) {
        if (opaque.origin != openai_responses::name) return drop(at);
        close();
        w_.raw(opaque.value.text);
        return true;
    }

    LLMX_DECL bool write_thinking(const thinking_part& t, const request_place& at) {
        if (const raw_json* const record = responses_find(t.extra, responses_record); record != nullptr) {
            close();
            w_.raw(record->text);
            return true;
        }
        // The vendor takes what it signed, and models that do not think take nothing of it.
        const bool own = t.signed_for(openai_responses::name) && t.redacted_data.empty();
        if (!own || !thinks_) {
            drops_.hint(at);
            return true;
        }
        drops_.foreign(t.extra, openai_responses::name, at);
        close();
        w_.object().member("type", "reasoning");
        responses_write_outer(w_, t.extra, {"content"});
        const bool in_content = responses_find(t.extra, "content") != nullptr;
        w_.key("summary").array();
        if (!in_content && !t.text.empty()) w_.object().member("type", "summary_text").member("text", t.text).end_object();
        w_.end_array();
        if (in_content) {
            w_.key("content").array();
            if (!t.text.empty()) w_.object().member("type", "reasoning_text").member("text", t.text).end_object();
            w_.end_array();
        }
        w_.member("encrypted_content", t.signature).end_object();
        return true;
    }

    LLMX_DECL void write_call(const tool_call_part& call) {
        close();
        const responses_function f = responses_split(call.name);
        const bool custom = is_custom_tool(call.extra);
        if (custom) custom_calls_.insert(call.id);
        w_.object().member("type", custom ? "custom_tool_call" : "function_call").member("call_id", ids_.of_call(call));
        if (!f.space.empty()) w_.member("namespace", f.space);
        w_.member("name", f.name);
        if (custom) w_.member("input", custom_tool_input(call.arguments));
        // Servers that parse the arguments refuse an empty text.
        else w_.member("arguments", call.arguments.empty() ? std::string_view("{}") : std::string_view(call.arguments));
        responses_write_outer(w_, call.extra, {custom_tool_mark});
        w_.end_object();
    }

    LLMX_DECL void write_result(const tool_result_part& r, const request_place& at) {
        close();
        const bool custom = is_custom_tool(r.extra) || custom_calls_.contains(r.call_id);
        w_.object().member("type", custom ? "custom_tool_call_output" : "function_call_output").member("call_id", ids_.of_result(r));
        const auto* const only = r.content.size() == 1 ? std::get_if<text_part>(&r.content.front()) : nullptr;
        w_.key("output");
        if (r.content.empty()) {
            w_.value("");
        } else if (only != nullptr && only->extra.empty()) {
            report_members(*only, at.item(0));
            w_.value(only->text);
        } else {
            w_.array();
            for (std::size_t i = 0; i < r.content.size(); ++i) write_output(r, i, at.item(i));
            w_.end_array();
        }
        responses_write_outer(w_, r.extra, {custom_tool_mark});
        w_.end_object();
    }

    LLMX_DECL void write_output(const tool_result_part& r, std::size_t i, const request_place& at) {
        std::visit([&](const auto& p) { report_members(p, at); }, r.content[i]);
        if (const auto* const text = std::get_if<text_part>(&r.content[i])) {
            w_.object().member("type", "input_text").member("text", text->text);
            responses_write_outer(w_, text->extra, {responses_message});
            w_.end_object();
        } else if (const auto* const image = std::get_if<image_part>(&r.content[i])) {
            if (takes(image->source)) write_image(*image, at);
            else drops_.lost(at);
        } else {
            const auto& file = std::get<file_part>(r.content[i]);
            if (takes(file.source)) write_file(file, at);
            else drops_.lost(at);
        }
    }

    json_writer& w_;
    const chat_request& request_;
    drop_report& drops_;
    std::size_t index_ = 0, made_ = 0;
    bool open_ = false, thinks_;
    /// Ids of the calls of custom tools, as the vocabulary has them.
    std::set<std::string_view> custom_calls_;
    call_ids ids_{openai_chat_call_id_rule};
};

LLMX_DECL void responses_write_input(json_writer& w, const chat_request& request, const model_traits& traits, drop_report& drops) {
    responses_item_writer(w, request, traits, drops).write();
}

} // namespace llmx::inline LLMX_ABI::detail
