// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/image_vendor.hpp>

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/image_shape.hpp>
#include <llmx/dialects/detail/json_texts.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/openai/detail/form_fields.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/forwarded_path.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr auto image_vendor_fields = fields_of<image_request>(
    by_hand<&image_request::model>(""), by_hand<&image_request::prompt>("prompt"), by_hand<&image_request::images>("image"),
    by_hand<&image_request::mask>("mask"), by_hand<&image_request::n>(""), by_hand<&image_request::size>(""), by_hand<&image_request::quality>(""),
    by_hand<&image_request::style>(""), by_hand<&image_request::background>(""), by_hand<&image_request::moderation>(""),
    by_hand<&image_request::output_format>(""), by_hand<&image_request::output_compression>(""), by_hand<&image_request::response_format>(""),
    by_hand<&image_request::input_fidelity>(""), by_hand<&image_request::stream>(""), hint<&image_request::partial_images>(),
    hint<&image_request::user>(), by_hand<&image_request::extra>(""));
static_assert(accounts_for_all<image_request>(image_vendor_fields));

/// Takes the first word from \p words, which are separated by blanks.
LLMX_DECL [[nodiscard]] std::string_view take_image_word(std::string_view& words) noexcept {
    const std::string_view word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(words.size(), word.size() + 1));
    return word;
}
LLMX_DECL [[nodiscard]] bool is_image_word(std::string_view words, std::string_view one) noexcept {
    while (!words.empty())
        if (take_image_word(words) == one) return true;
    return false;
}

/// A request of an image vendor, before it is JSON or a form.
class image_vendor_writer {
public:
    image_vendor_writer(const image_request& request, std::string_view model_name, const image_form& form, bool edits, drop_report& drops)
        : request_(request), model_(model_name), form_(form), edits_(edits), drops_(drops) {
        const auto fits = [this](const image_model& m) { return model_.find(m.part) != std::string_view::npos; };
        const auto found = std::find_if(form.models.begin(), form.models.end(), fits);
        rule_ = found != form.models.end() ? &*found : &form.models.back();
    }

    [[nodiscard]] const image_model& rule() const noexcept { return *rule_; }
    /// Whether the model's name can be in a URL, and the request has the images of its operation.
    LLMX_DECL [[nodiscard]] result<void> check() const {
        std::string place = "/";
        append_percent_encoded_path(place, model_);
        if (const result<void> safe = check_forwarded_path(place); !safe || model_.empty())
            return drops_.refuse(at_.of<&image_request::model>(), "expected the provider's name of a model");
        if (!edits_) return success();
        if (request_.images.empty()) return drops_.refuse(at_.of<&image_request::images>(), "expected an image, as a file");
        if (rule_->image.empty())
            return drops_.refuse(at_.of<&image_request::images>(), "the model takes no images", errc::unsupported_parameter);
        for (std::size_t i = 0; i < request_.images.size(); ++i)
            if (request_.images[i].octets.empty()) return drops_.refuse(at_.of<&image_request::images>().item(i), "expected octets");
        if (request_.mask && request_.mask->octets.empty()) return drops_.refuse(at_.of<&image_request::mask>(), "expected octets");
        return success();
    }
    LLMX_DECL void run(encoded_request& out) {
        report_fields(&request_, image_vendor_fields.view(), at_, drops_);
        collect_own();
        collect_known();
        write_url(out.url_end);
        if (form_.multipart) write_form(out);
        else write_json(out.body);
    }

private:
    struct field {
        std::string_view name;
        std::string json;
    };
    struct file {
        std::string name;
        const image_file* of;
        /// An element of the list that the model's images are.
        bool listed = false;
    };
    [[nodiscard]] bool has(std::string_view name) const noexcept {
        return std::any_of(fields_.begin(), fields_.end(), [name](const field& f) { return f.name == name; });
    }
    /// Adds a member that is not there yet: the caller's own words come first.
    void add(std::string_view name, std::string json) {
        if (!has(name)) fields_.push_back(field{name, std::move(json)});
    }
    void add_text(std::string_view name, std::string_view value) {
        std::string json;
        append_json_string(json, value);
        add(name, std::move(json));
    }
    /// The members of the caller's request that are the vendor's.
    LLMX_DECL void collect_own() {
        if (!form_.any_member) {
            take_vendor_members(request_.extra, form_.members, at_, drops_,
                                [this](const vendor_member& m, std::string_view json) { add(m.written, std::string(json)); });
            return;
        }
        own_ = request_.extra;
        drop_gateway_members(own_);
        // OpenAI's labels are no model's.
        for (extra_members::member& m : own_.members) m.hint = m.hint || m.name == "metadata";
        extra_members hints = own_;
        std::erase_if(hints.members, [](const extra_members::member& m) { return !m.hint; });
        drops_.foreign(hints, std::string_view(), at_);
        for (const extra_members::member& m : own_.members)
            if (!m.hint && !m.is_absent) add(extra_members::wire_name(m.name), m.value.text);
    }
    LLMX_DECL void collect_known();
    LLMX_DECL void collect_size();
    LLMX_DECL void collect_format();
    LLMX_DECL void collect_files();
    LLMX_DECL void write_url(std::string& to) const;
    LLMX_DECL void write_json(std::string& to) const;
    LLMX_DECL void write_form(encoded_request& out) const;
    LLMX_DECL void write_image(json_writer& w, const image_file& f) const;
    /// A member that some models have under OpenAI's name.
    template <auto Member> void same(std::string_view name, bool is_set, std::string json) {
        if (!is_set) return;
        if (is_image_word(rule_->same, name)) add(name, std::move(json));
        else drops_.lost(at_.of<Member>());
    }
    [[nodiscard]] static std::string quoted(std::string_view text) {
        std::string json;
        append_json_string(json, text);
        return json;
    }
    [[nodiscard]] bool versioned() const noexcept {
        return !form_.version.empty() && (model_.find(':') != std::string_view::npos || model_.find('/') == std::string_view::npos);
    }
    [[nodiscard]] bool masked() const noexcept { return edits_ && request_.mask && !rule_->mask_path.empty(); }

    const image_request& request_;
    std::string_view model_;
    const image_form& form_;
    const image_model* rule_;
    bool edits_;
    drop_report& drops_;
    request_place at_;
    /// Has the names in `fields_`.
    extra_members own_;
    std::vector<field> fields_;
    std::vector<file> files_;
};

LLMX_DECL void image_vendor_writer::collect_known() {
    const image_request& r = request_;
    if (!rule_->model.empty()) add_text(rule_->model, model_.substr(model_.rfind('/') + 1));
    if (!r.prompt.empty() && !rule_->prompt.empty()) add_text(rule_->prompt, r.prompt);
    else if (!r.prompt.empty()) drops_.hint(at_.of<&image_request::prompt>());
    if (r.n && (*r.n != 1 || is_image_word(rule_->same, "n"))) {
        if (!rule_->count.empty() && *r.n >= 1 && *r.n <= rule_->most) add(rule_->count, std::to_string(*r.n));
        else drops_.lost(at_.of<&image_request::n>());
    }
    collect_size();
    collect_format();
    // What a model does by itself needs no word.
    image_request choices;
    if (!is_image_word(rule_->same, "quality")) choices.quality = r.quality;
    if (!is_image_word(rule_->same, "background")) choices.background = r.background;
    if (!is_image_word(rule_->same, "moderation")) choices.moderation = r.moderation;
    report_image_choices(choices, drops_);
    if (!r.quality.empty() && choices.quality.empty()) add_text("quality", r.quality);
    if (!r.background.empty() && choices.background.empty()) add_text("background", r.background);
    if (!r.moderation.empty() && choices.moderation.empty()) add_text("moderation", r.moderation);
    same<&image_request::style>("style", !r.style.empty(), quoted(r.style));
    same<&image_request::input_fidelity>("input_fidelity", !r.input_fidelity.empty(), quoted(r.input_fidelity));
    same<&image_request::output_compression>("output_compression", r.output_compression.has_value(), std::to_string(r.output_compression.value_or(0)));
    if (form_.states_format) {
        if (!r.response_format.empty()) add_text("response_format", r.response_format);
    } else if (!r.response_format.empty() && r.response_format != "b64_json" && (form_.base64 || r.response_format != "url")) {
        drops_.lost(at_.of<&image_request::response_format>());
    }
    collect_files();
    std::string_view constants = masked() ? std::string_view() : rule_->constant;
    while (!constants.empty()) {
        const std::string_view one = take_image_word(constants);
        const std::size_t equals = one.find('=');
        add(one.substr(0, equals), std::string(one.substr(equals + 1)));
    }
}

LLMX_DECL void image_vendor_writer::collect_size() {
    const std::string& size = request_.size;
    if (size.empty() || size == "auto") return;
    const request_place place = at_.of<&image_request::size>();
    // The caller's own words for it come first.
    if (has("aspect_ratio") || has("image_size") || (has("width") && has("height"))) return drops_.hint(place);
    if (rule_->size == image_size_word::text) return add_text("size", size);
    if (rule_->size == image_size_word::ratio) {
        if (std::find(rule_->ratios.begin(), rule_->ratios.end(), size) != rule_->ratios.end()) return add_text("aspect_ratio", size);
        const auto [width, height] = read_image_pair(size, 'x');
        const std::string_view ratio = width == 0 ? std::string_view() : nearest_image_ratio(width, height, rule_->ratios);
        if (ratio.empty()) return drops_.lost(place);
        // The number of pixels is the model's.
        drops_.hint(place);
        return add_text("aspect_ratio", ratio);
    }
    const auto [width, height] = read_image_pair(size, 'x');
    if (width == 0 || rule_->size == image_size_word::none) return drops_.lost(place);
    if (rule_->size == image_size_word::pixels) {
        add("width", std::to_string(width));
        add("height", std::to_string(height));
        return;
    }
    add("image_size", "{\"width\":" + std::to_string(width) + ",\"height\":" + std::to_string(height) + "}");
}

LLMX_DECL void image_vendor_writer::collect_format() {
    const std::string_view wanted = request_.output_format == "jpg" ? std::string_view("jpeg") : std::string_view(request_.output_format);
    if (wanted.empty()) return;
    std::string_view formats = rule_->formats;
    while (!formats.empty()) {
        const std::string_view one = take_image_word(formats), name = one.substr(0, one.find('='));
        if (name == wanted) return add_text("output_format", one.substr(one.size() == name.size() ? 0 : name.size() + 1));
    }
    drops_.lost(at_.of<&image_request::output_format>());
}

LLMX_DECL void image_vendor_writer::collect_files() {
    const request_place images = at_.of<&image_request::images>();
    for (std::size_t i = 0; i < request_.images.size(); ++i) {
        if (!edits_ || static_cast<std::int64_t>(i) >= rule_->most_images) {
            drops_.lost(images.item(i));
            continue;
        }
        std::string name(i == 1 && !rule_->second.empty() ? rule_->second : rule_->image);
        if (!rule_->image_list && i > 0 && rule_->second.empty()) name += "_" + std::to_string(i + 1);
        files_.push_back(file{std::move(name), &request_.images[i], rule_->image_list});
    }
    if (!request_.mask) return;
    if (edits_ && !rule_->mask.empty()) files_.push_back(file{std::string(rule_->mask), &*request_.mask, false});
    else drops_.lost(at_.of<&image_request::mask>());
}

LLMX_DECL void image_vendor_writer::write_url(std::string& to) const {
    std::string_view path = versioned() ? form_.version_path : masked() ? rule_->mask_path : rule_->path;
    const std::size_t open = path.find('{'), close = path.find('}');
    if (open != std::string_view::npos && close != std::string_view::npos) {
        to += path.substr(0, open);
        const bool tail = path.substr(open, close + 1 - open) == "{tail}";
        append_percent_encoded_path(to, tail ? model_.substr(model_.rfind('/') + 1) : model_);
        path.remove_prefix(close + 1);
    }
    to += path;
    if (!form_.base64 && !form_.states_format && request_.response_format == "b64_json") to += "#job-files";
}

LLMX_DECL void image_vendor_writer::write_image(json_writer& w, const image_file& f) const {
    std::string data = base64_encode(f.octets);
    if (!form_.data_urls) {
        w.value(data);
        return;
    }
    std::string_view type = type_by_bytes(f.content_type, data);
    if (type.empty()) type = "image/png";
    w.value(make_data_url(type, data));
}

LLMX_DECL void image_vendor_writer::write_json(std::string& to) const {
    json_writer w(to);
    w.object();
    if (versioned()) w.member(form_.version, model_.substr(model_.find(':') + 1));
    if (!form_.inside.empty()) w.key(form_.inside).object();
    for (const field& f : fields_) w.raw_member(f.name, f.json);
    // Those of a list come first, next to each other.
    bool open = false;
    for (const file& f : files_) {
        if (f.listed && !open) w.key(f.name).array();
        else if (!f.listed && std::exchange(open, false)) w.end_array();
        open = f.listed;
        if (!f.listed) w.key(f.name);
        write_image(w, *f.of);
    }
    if (open) w.end_array();
    if (!form_.inside.empty()) w.end_object();
    w.end_object();
}

LLMX_DECL void image_vendor_writer::write_form(encoded_request& out) const {
    std::vector<std::string_view> texts;
    for (const field& f : fields_) texts.push_back(f.json);
    for (const file& f : files_) texts.push_back(f.of->octets);
    const std::string boundary = form_boundary(texts);
    out.content_type = "multipart/form-data; boundary=" + boundary;
    form_writer w(out.body, boundary);
    for (const field& f : fields_) w.json(f.name, f.json);
    for (const file& f : files_) {
        const std::string head = base64_encode(std::string_view(f.of->octets).substr(0, 48));
        const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
        const bool safe = std::none_of(f.of->content_type.begin(), f.of->content_type.end(), control);
        const std::string_view type = type_by_bytes(safe ? std::string_view(f.of->content_type) : std::string_view(), head);
        w.file(f.name, f.of->filename.empty() ? std::string_view("image.png") : std::string_view(f.of->filename), type, f.of->octets);
    }
    append_multipart_end(out.body, boundary);
}

LLMX_DECL result<void> image_vendor_encode(const image_request& request, const encode_options& options, encoded_request& out, drop_report& drops,
                                           const image_form& form, bool edits) {
    const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
    image_vendor_writer writer(request, model, form, edits, drops);
    if (auto fits = check_image_request(request, options, writer.rule().needs_prompt, drops); fits.has_error()) return fits;
    if (auto fits = writer.check(); fits.has_error()) return fits;
    writer.run(out);
    return success();
}

LLMX_DECL result<image_reply> image_vendor_read(std::string_view body, const image_form& form) {
    std::string reason, failure;
    const result<void> scanned = scan_json_members(body, [&](const json_member& m) {
        if (!form.reason.empty() && m.named(form.reason) && is_json_string(m.value)) reason = unescape_json_string(m.value);
        else if (m.named("error") && is_json_string(m.value)) failure = unescape_json_string(m.value);
    });
    if (!scanned) return error(errc::bad_response, "the provider's answer is " + scanned.error().message());
    image_reply to;
    const bool refused = !reason.empty() && is_image_word(form.refusals, reason);
    if (!refused)
        for (const std::string_view text : find_json_texts(body, form.images, max_request_images)) {
            std::string value = unescape_json_string(text);
            if (value.empty()) continue;
            generated_image& image = to.images.emplace_back();
            if (is_data_url(value)) {
                const result<data_url> parts = parse_data_url(value);
                if (!parts || !parts->base64) return error(errc::bad_response, "an image of the provider's answer is a malformed data URL");
                image.base64 = parts->payload;
                if (to.output_format.empty() && parts->media_type.starts_with("image/")) to.output_format = parts->media_type.substr(6);
            } else if (value.starts_with("https://") || value.starts_with("http://")) {
                image.url = std::move(value);
            } else {
                image.base64 = std::move(value);
            }
        }
    if (to.images.empty()) {
        error e(refused ? errc::content_policy : errc::bad_response,
                refused ? "the provider made no image because of its content rules" : "the provider answered without an image");
        if (!reason.empty()) e.with_provider_code(reason);
        if (!failure.empty()) e.with_provider_message(failure.substr(0, 512));
        return e;
    }
    to.usage.images = static_cast<std::uint16_t>(to.images.size());
    return to;
}

LLMX_DECL usage image_vendor_usage(std::string_view body, const image_form& form) {
    usage u;
    for (const std::string_view text : find_json_texts(body, form.reason, 1))
        if (is_image_word(form.refusals, unescape_json_string(text))) return u;
    u.images = static_cast<std::uint16_t>(find_json_texts(body, form.images, max_request_images).size());
    return u;
}

LLMX_DECL bool image_vendor_holds_answer(std::string_view body, const image_form& form) noexcept {
    if (!form.reason.empty() && json_text_has_word(body, form.reason)) return true;
    std::string_view paths = form.images;
    while (!paths.empty()) {
        std::string_view name = take_image_word(paths);
        name.remove_prefix(name.rfind('.') + 1);
        if (json_text_has_word(body, name) || json_text_opens(body, name, "[")) return true;
    }
    return false;
}

} // namespace llmx::inline LLMX_ABI::detail
