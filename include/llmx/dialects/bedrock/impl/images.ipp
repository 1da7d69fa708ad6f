// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/images.hpp>
#include <llmx/dialects/bedrock/impl/invoke_extra.ipp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/image_shape.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto bedrock_image_request_fields = fields_of<image_request>(
    by_hand<&image_request::model>("modelId"), by_hand<&image_request::prompt>("textToImageParams.text"), lost<&image_request::images>(),
    lost<&image_request::mask>(), by_hand<&image_request::n>("imageGenerationConfig.numberOfImages"),
    by_hand<&image_request::size>("imageGenerationConfig.width"), by_hand<&image_request::quality>("imageGenerationConfig.quality"),
    hint<&image_request::style>(), by_hand<&image_request::background>(""), hint<&image_request::moderation>(),
    by_hand<&image_request::output_format>("output_format"), hint<&image_request::output_compression>(),
    by_hand<&image_request::response_format>(""), hint<&image_request::input_fidelity>(), by_hand<&image_request::stream>(""),
    hint<&image_request::partial_images>(), hint<&image_request::user>(), by_hand<&image_request::extra>(""));
static_assert(accounts_for_all<image_request>(bedrock_image_request_fields));

/// Writes a request in the form of one vendor.
class bedrock_image_writer {
public:
    bedrock_image_writer(const image_request& request, drop_report& drops, std::string& out)
        : request_(request), own_(request.extra, bedrock_images::name), drops_(drops), w_(out) {}

    LLMX_DECL void run(bool stability) {
        report_fields(&request_, bedrock_image_request_fields.view(), request_place(), drops_);
        if (!request_.background.empty() && request_.background != "auto") drops_.lost(request_place().of<&image_request::background>());
        if (request_.response_format == "url") drops_.hint(request_place().of<&image_request::response_format>());
        w_.object();
        if (stability) write_stability();
        else write_amazon();
        own_.write_rest(w_);
        own_.report(drops_, bedrock_images::name);
        w_.end_object();
    }

private:
    void write_amazon() {
        w_.member("taskType", "TEXT_IMAGE").key("textToImageParams").object().member("text", request_.prompt);
        if (const raw_json* const negative = own_.find("negative_prompt")) w_.raw_member("negativeText", negative->text);
        else own_.write(w_, "negativeText");
        w_.end_object().key("imageGenerationConfig").object();
        if (request_.n) w_.member("numberOfImages", *request_.n);
        const auto [width, height] = read_image_pair(request_.size, 'x');
        if (width != 0) w_.member("width", width).member("height", height);
        else if (!request_.size.empty() && request_.size != "auto") drops_.lost(request_place().of<&image_request::size>());
        const std::string& quality = request_.quality;
        if (quality == "hd" || quality == "high" || quality == "premium") w_.member("quality", "premium");
        else if (!quality.empty() && quality != "auto") w_.member("quality", "standard");
        if (const raw_json* const scale = own_.find("cfg_scale")) w_.raw_member("cfgScale", scale->text);
        else own_.write(w_, "cfgScale");
        own_.write(w_, "seed");
        w_.end_object();
        // Amazon's images are PNG.
        if (!request_.output_format.empty() && request_.output_format != "png") drops_.hint(request_place().of<&image_request::output_format>());
    }

    void write_stability() {
        static constexpr std::string_view ratios[] = {"16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"};
        w_.member("prompt", request_.prompt);
        if (request_.n && *request_.n > 1) drops_.lost(request_place().of<&image_request::n>());
        if (!own_.write(w_, "aspect_ratio") && !request_.size.empty() && request_.size != "auto") {
            const auto [width, height] = read_image_pair(request_.size, 'x');
            const int part = std::gcd(width, height);
            const std::string ratio = part == 0 ? std::string() : std::to_string(width / part).append(":").append(std::to_string(height / part));
            const bool known = std::find(std::begin(ratios), std::end(ratios), ratio) != std::end(ratios);
            if (known) w_.member("aspect_ratio", ratio);
            // The number of pixels is the model's.
            if (known) drops_.hint(request_place().of<&image_request::size>());
            else drops_.lost(request_place().of<&image_request::size>());
        }
        if (request_.output_format == "png" || request_.output_format == "jpeg") w_.member("output_format", request_.output_format);
        else if (!request_.output_format.empty()) drops_.hint(request_place().of<&image_request::output_format>());
        if (!request_.quality.empty() && request_.quality != "auto") drops_.hint(request_place().of<&image_request::quality>());
        own_.write(w_, "negative_prompt");
        own_.write(w_, "seed");
    }

    const image_request& request_;
    bedrock_invoke_extra own_;
    drop_report& drops_;
    json_writer w_;
};

} // namespace detail

LLMX_DECL result<image_request> bedrock_images::decode_request(std::string_view body, const request_target& target) {
    json_document document(body);
    const json_cursor in = document.root(), own = in["prompt"], amazon = in["textToImageParams"], text = amazon["text"],
                      config = in["imageGenerationConfig"], width = config["width"], height = config["height"];
    const json_cursor& prompt = own ? own : text;
    image_request r;
    r.model = target.model;
    prompt.required();
    prompt.read(r.prompt);
    config["numberOfImages"].read_count(r.n);
    if (width && height) r.size = std::to_string(width.count_or()).append("x").append(std::to_string(height.count_or()));
    config["quality"].read(r.quality);
    in["output_format"].read(r.output_format);
    if (const result<void> read = document.status(); !read) return read.error();
    return r;
}

LLMX_DECL result<void> bedrock_images::encode_request(const image_request& request, const encode_options& options, std::string& out,
                                                      drop_report& drops) {
    if (request.prompt.empty()) return drops.refuse(request_place().of<&image_request::prompt>(), "expected a prompt");
    const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
    detail::bedrock_image_writer(request, drops, out).run(model.find("stability.") != std::string_view::npos);
    return success();
}

LLMX_DECL std::string bedrock_images::caller_path(const request_place& at, const image_request&) {
    static constexpr std::array<std::span<const field_rule>, 1> tables = {detail::bedrock_image_request_fields.view()};
    return detail::wire_path(at, tables);
}

LLMX_DECL result<image_reply> bedrock_images::decode_reply(std::string_view body) {
    json_document document(body);
    if (const result<void> good = document.status(); !good) return error(errc::bad_response, good.error().message());
    const json_cursor in = document.root(), images = in["images"], reasons = in["finish_reasons"], failure = in["error"];
    image_reply r;
    for (std::size_t i = 0; images.array() != nullptr && i < images.array()->size(); ++i)
        if (const json_cursor one = images[i]; !one.string_or().empty()) r.images.emplace_back().base64 = one.string_or();
    if (!r.images.empty()) {
        r.usage.images = static_cast<std::uint16_t>(std::min<std::size_t>(r.images.size(), max_request_images));
        return r;
    }
    const json_cursor reason = reasons[std::size_t{0}];
    const std::string_view why = failure.string_or(reason.string_or());
    if (why.empty()) return error(errc::bad_response, "the provider's answer has no images");
    error e(why.find("nference error") != std::string_view::npos ? errc::provider_internal : errc::content_policy);
    return e.with_provider_message(std::string(why));
}

LLMX_DECL void bedrock_images::encode_reply(const image_reply& reply, const reply_options&, std::string& out) {
    json_writer w(out);
    w.object().key("images").array();
    for (const generated_image& one : reply.images)
        if (!one.base64.empty()) w.value(one.base64);
    w.end_array().end_object();
}

LLMX_DECL usage bedrock_images::scan_usage(std::string_view body) {
    usage u;
    const result<void> scanned = scan_json_members(body, [&u](const json_member& m) {
        if (!m.named("images") || !m.value.starts_with('[')) return;
        static_cast<void>(scan_json_elements(m.value, [&u](const json_member& e) {
            if (is_json_string(e.value) && u.images < max_request_images) ++u.images;
        }));
    });
    return scanned ? u : usage();
}

LLMX_DECL bool bedrock_images::holds_answer(std::string_view body) noexcept {
    // A refusal is one too: its decoder gives the reason.
    return detail::json_text_opens(body, "images", "[") || detail::json_text_has_word(body, "error") ||
           detail::any_json_member(body, "finish_reasons", [](std::size_t) { return true; });
}

} // namespace llmx::inline LLMX_ABI
