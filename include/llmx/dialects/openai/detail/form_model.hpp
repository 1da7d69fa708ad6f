// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/detail/form.hpp>
#include <llmx/wire/multipart.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Finds the model of a form that comes in blocks, and ensures that there is no second one: the model that is
/// routed is the one that the provider reads. Nothing but the model is kept. Not thread-safe.
class form_model_finder {
public:
    LLMX_DECL explicit form_model_finder(std::string_view boundary) : parser_(boundary) {}

    /// The next bytes of the form. Fails with `errc::invalid_request` when it is malformed, or has a
    /// second model or one longer than any name.
    LLMX_DECL result<void> feed(std::string_view bytes) {
        return parser_.feed(bytes, [this](const multipart_event& e) { return take(e); });
    }
    /// The model is known, and there is a file, or a field "url" in its place: the required parts of the form.
    [[nodiscard]] bool ready() const noexcept { return found_ && has_file_; }
    [[nodiscard]] const std::string& model() const noexcept { return model_; }
    /// Where its bytes are, from the beginning of the form on.
    [[nodiscard]] std::size_t begin() const noexcept { return begin_; }
    [[nodiscard]] std::size_t end() const noexcept { return begin_ + model_.size(); }

private:
    static constexpr std::size_t longest = 512;

    LLMX_DECL result<void> take(const multipart_event& e) {
        at_ += e.raw.size();
        if (e.what == multipart_event::kind::part) has_file_ |= !e.part->filename.empty() || e.part->name == "url";
        const bool mine = e.part != nullptr && e.part->name == "model";
        if (!mine) return success();
        if (e.what == multipart_event::kind::part) {
            if (found_) return form_field_twice("model");
            begin_ = at_;
        } else if (e.what == multipart_event::kind::data) {
            if (model_.size() + e.raw.size() > longest)
                return error(errc::invalid_request, "the model's name has more than 512 bytes").with_param("model");
            model_ += e.raw;
        } else if (e.what == multipart_event::kind::part_end) {
            found_ = true;
        }
        return success();
    }

    multipart_parser parser_;
    std::string model_;
    std::size_t at_ = 0, begin_ = 0;
    bool found_ = false, has_file_ = false;
};

} // namespace llmx::inline LLMX_ABI::detail
