// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>
#include <llmx/core/extra.hpp>
#include <llmx/core/operation.hpp>
#include <llmx/core/usage.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// One input of a request: a text, or an image as an URL or a data URL.
struct moderation_input {
    moderation_input() = default;
    explicit moderation_input(std::string input_text) noexcept : text(std::move(input_text)) {}
    [[nodiscard]] static moderation_input image(std::string url) {
        moderation_input i;
        i.image_url = std::move(url);
        return i;
    }

    std::string text;
    std::string image_url;
    extra_members extra;
    friend bool operator==(const moderation_input&, const moderation_input&) = default;
};
LLMX_DESCRIBE(moderation_input, (text, image_url, extra))

/// A call for a judgement of contents, independent of any vendor's language.
///
/// Only `inputs` is needed. Without a model the vendor's own default is used by those that have one.
struct moderation_request {
    moderation_request() = default;
    moderation_request(std::string model_name, std::string text) : model(std::move(model_name)) {
        inputs.emplace_back(std::move(text));
    }

    std::string model;
    std::vector<moderation_input> inputs;
    /// The inputs are parts of one content, with one result for all of them. Images are always judged so.
    bool as_one = false;

    extra_members extra;
    friend bool operator==(const moderation_request&, const moderation_request&) = default;
};
LLMX_DESCRIBE(moderation_request, (model, inputs, as_one, extra))

/// The judgement by one category.
struct moderation_category {
    moderation_category() = default;
    moderation_category(std::string called, bool is_flagged, double how_much) noexcept
        : name(std::move(called)), flagged(is_flagged), score(how_much) {}

    /// As the provider names it ("hate", "self-harm/intent").
    std::string name;
    bool flagged = false;
    /// Between 0 and 1.
    double score = 0;
    /// Kinds of input that the score is for: "text", "image". Empty: the provider names none.
    std::vector<std::string> applied_to;
    friend bool operator==(const moderation_category&, const moderation_category&) = default;
};
LLMX_DESCRIBE(moderation_category, (name, flagged, score, applied_to))

/// The judgement of one input, or of all when they are one content.
struct moderation_result {
    moderation_result() = default;

    /// One of the categories is flagged.
    bool flagged = false;
    std::vector<moderation_category> categories;
    extra_members extra;

    /// The category that the provider calls \p name, or null.
    [[nodiscard]] const moderation_category* find(std::string_view name) const noexcept {
        for (const moderation_category& c : categories)
            if (c.name == name) return &c;
        return nullptr;
    }
    friend bool operator==(const moderation_result&, const moderation_result&) = default;
};
LLMX_DESCRIBE(moderation_result, (flagged, categories, extra))

/// The answer: a result for each input, in their order.
struct moderation_reply {
    moderation_reply() = default;

    std::string id;
    /// Model that judged, as the provider names it.
    std::string model;
    std::vector<moderation_result> results;
    llmx::usage usage;
    extra_members extra;
    friend bool operator==(const moderation_reply&, const moderation_reply&) = default;
};
LLMX_DESCRIBE(moderation_reply, (id, model, results, usage, extra))

struct moderation_forms;

/// The operation: whether contents are harmful, whole in both directions. Its codecs:
/// `<llmx/dialects/openai/moderations.hpp>`.
struct moderation {
    using request = moderation_request;
    using reply = moderation_reply;
    using forms = moderation_forms;
    static constexpr operation_info info{"moderation", operation_info::answers::json};
};
static_assert(operation<moderation>);

} // namespace llmx::inline LLMX_ABI
