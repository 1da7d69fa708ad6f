// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/images.hpp>

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/scanned_fields.hpp>
#include <llmx/dialects/openai/detail/audio.hpp>
#include <llmx/dialects/openai/detail/flat_usage.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/sse.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

/// Tokens of an answer; without details all that came out is images.
LLMX_DECL [[nodiscard]] usage openai_images_tokens(std::string_view object) {
    usage u = openai_flat_usage(object);
    if (u.output_image_tokens == 0 && object.find("\"output_tokens_details\"") == std::string_view::npos) u.output_image_tokens = u.output_tokens;
    return u;
}

LLMX_DECL [[nodiscard]] std::uint16_t openai_images_count(std::string_view list) {
    std::size_t n = 0;
    const auto done = scan_json_elements(list, [&n](const json_member&) { ++n; });
    return done.has_error() ? std::uint16_t{0} : static_cast<std::uint16_t>(std::min<std::size_t>(n, 65535));
}

LLMX_DECL [[nodiscard]] result<void> openai_images_read_list(std::string_view list, std::vector<generated_image>& to) {
    if (!list.starts_with('[')) return error(errc::bad_response, "the answer has no list of images");
    const auto done = scan_json_elements(list, [&to](const json_member& e) {
        generated_image& one = to.emplace_back();
        return scan_json_members(e.value, [&one](const json_member& m) -> result<void> {
            if (take_scanned_field(m, &one, openai_images_image_fields.view())) return success();
            return add_scanned_extra(m, openai_images::name, one.extra);
        });
    });
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    return success();
}

LLMX_DECL result<image_reply> openai_images_read(std::string_view body) {
    image_reply to;
    std::string_view list, failure;
    const auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("data")) list = m.value;
        else if (m.named("error")) failure = is_json_null(m.value) ? std::string_view() : m.value;
        else if (m.named("created")) to.created = json_count(m.value).value_or(0);
        else if (m.named("usage")) to.usage = m.value.starts_with('{') ? openai_images_tokens(m.value) : usage();
        else if (!take_scanned_field(m, &to, openai_images_reply_fields.view())) return add_scanned_extra(m, openai_images::name, to.extra);
        return success();
    });
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    if (!failure.empty()) return openai_flat_failure(failure);
    if (const auto read = openai_images_read_list(list, to.images); read.has_error()) return read.error();
    if (to.usage.empty()) to.usage.images = static_cast<std::uint16_t>(std::min<std::size_t>(to.images.size(), 65535));
    return to;
}

LLMX_DECL void openai_images_write(const image_reply& reply, const reply_options& options, std::string& out) {
    drop_report none;
    json_writer w(out);
    w.object().member("created", reply.created != 0 ? reply.created : options.created).key("data").array();
    for (const generated_image& i : reply.images) {
        w.object();
        write_fields(w, &i, openai_images_image_fields.view(), request_place(), none);
        w.extra(i.extra, openai_images::name).end_object();
    }
    w.end_array();
    write_fields(w, &reply, openai_images_reply_fields.view(), request_place(), none);
    const usage& u = reply.usage;
    if (u.input_tokens != 0 || u.output_tokens != 0) {
        w.key("usage").object().member("input_tokens", u.input_tokens).key("input_tokens_details").object();
        w.member("text_tokens", subtract_counts(u.input_tokens, u.input_image_tokens)).member("image_tokens", u.input_image_tokens).end_object();
        w.member("output_tokens", u.output_tokens).key("output_tokens_details").object();
        w.member("text_tokens", subtract_counts(u.output_tokens, u.output_image_tokens)).member("image_tokens", u.output_image_tokens).end_object();
        w.member("total_tokens", u.total_tokens()).end_object();
    }
    w.extra(reply.extra, openai_images::name).end_object();
}

LLMX_DECL usage openai_images_usage(std::string_view body) {
    usage found;
    std::string_view list;
    const auto done = scan_json_members(body, [&](const json_member& m) {
        if (m.named("usage")) found = m.value.starts_with('{') ? openai_images_tokens(m.value) : usage();
        else if (m.named("data")) list = m.value;
    });
    if (done.has_error()) return usage();
    if (found.empty() && list.starts_with('[')) found.images = openai_images_count(list);
    return found;
}

LLMX_DECL bool openai_images_hold_answer(std::string_view body) noexcept { return json_text_opens(body, "data", "[{"); }

/// Follows the events of images, the last of which has a type that ends in ".completed".
LLMX_DECL class basic_openai_images_watch final : public any_stream_watch {
public:
    const stream_progress& feed(std::string_view bytes) override;

private:
    void event(const sse_event& e);
    sse_parser parser_;
    stream_progress progress_;
};

LLMX_DECL const stream_progress& LLMX_OF(openai_images_watch)::feed(std::string_view bytes) {
    const auto read = parser_.feed(bytes, [this](const sse_event& e) { event(e); });
    if (read.has_error()) progress_.failed = true;
    progress_.pending = parser_.unfinished();
    return progress_;
}

LLMX_DECL void LLMX_OF(openai_images_watch)::event(const sse_event& e) {
    if (e.data == "[DONE]") {
        progress_.begun = progress_.complete = true;
        return;
    }
    std::string_view type;
    usage tokens;
    const auto read = scan_json_members(e.data, [&](const json_member& m) {
        if (m.named("type")) type = plain_json_string(m.value).value_or(std::string_view());
        else if (m.named("usage") && m.value.starts_with('{')) tokens = openai_images_tokens(m.value);
        else if (m.named("error") && !is_json_null(m.value)) progress_.failed = true;
    });
    if (read.has_error() || e.event == "error" || type == "error" || type.ends_with(".error")) progress_.failed = true;
    if (progress_.failed) return;
    progress_.begun = true;
    if (!type.ends_with(".completed")) return;
    // Each of several images has a last event of its own, and the transport's end is that of all.
    progress_.answered = true;
    if (tokens.empty()) tokens.images = 1;
    usage& sum = progress_.tokens;
    sum.input_tokens = add_counts(sum.input_tokens, tokens.input_tokens);
    sum.input_image_tokens = add_counts(sum.input_image_tokens, tokens.input_image_tokens);
    sum.output_tokens = add_counts(sum.output_tokens, tokens.output_tokens);
    sum.output_image_tokens = add_counts(sum.output_image_tokens, tokens.output_image_tokens);
    sum.images = static_cast<std::uint16_t>(std::min(sum.images + tokens.images, 65535));
}

LLMX_DECL std::unique_ptr<any_stream_watch> openai_images_make_watch(std::string_view content_type) {
    if (is_media_type(content_type, "text/event-stream")) return std::make_unique<LLMX_OF(openai_images_watch)>();
    return openai_audio_make_watch(content_type);
}

LLMX_DECL error openai_images_failure(std::string_view bytes) { return openai_audio_failure(bytes); }

} // namespace llmx::inline LLMX_ABI::detail
