// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/embedded.hpp>
#include <llmx/catalog/impl/embedded_models.ipp>

#include <string>
#include <string_view>

#if defined(LLMX_WITH_CATALOG)
namespace llmx::inline LLMX_ABI {

LLMX_DECL const std::shared_ptr<const model_catalog>& embedded_catalog() {
    static const std::shared_ptr<const model_catalog> only = [] {
        std::size_t size = 0;
        for (const std::string_view part : detail::embedded_models) size += part.size();
        std::string text;
        text.reserve(size);
        for (const std::string_view part : detail::embedded_models) text += part;
        auto made = std::make_shared<model_catalog>();
        made->merge(text, "the embedded catalogue").value();
        return std::shared_ptr<const model_catalog>(std::move(made));
    }();
    return only;
}

} // namespace llmx::inline LLMX_ABI
#endif
