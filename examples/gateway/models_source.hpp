// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "fetch.hpp"

#include <llmx/catalog/embedded.hpp>
#include <llmx/catalog/model_catalog.hpp>
#include <llmx/core/result.hpp>

#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// Where the program's facts about models come from: the embedded catalogue, with a file or an `http(s)` URL over it.
///
/// Facts that were fetched and understood are kept: when the URL does not answer at a later reload, or answers with something else, they
/// stay in force, with a warning, since other machines must not decide whether a gateway starts or reloads. Not thread-safe: one reload at a time.
class models_source {
public:
    using catalog = std::shared_ptr<const llmx::model_catalog>;

    /// \p place is a file or URL; empty: there is none. \p named is the setting that names it, for messages. A file that cannot be read or
    /// understood is an error. A URL has 5 s, less when \p stop becomes true.
    llmx::result<catalog> load(const std::string& place, const std::string& named, const std::atomic<bool>& stop, std::vector<std::string>& warnings) {
        if (place.empty()) return embedded();
        if (!place.starts_with("http://") && !place.starts_with("https://")) {
            std::ifstream in(place, std::ios::binary);
            const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
            if (!in)
                return llmx::error(llmx::errc::bad_configuration, named + ": " + place + " cannot be read; name a file or URL of models, or remove it");
            return over_embedded(text, place);
        }
        const llmx::result<std::string> text = fetch_text(place, std::chrono::seconds(5), stop);
        llmx::result<catalog> got = text ? over_embedded(*text, fetching::shown(place)) : llmx::result<catalog>(text.error());
        if (got) {
            url_ = place;
            fetched_ = *got;
            return got;
        }
        const bool before = fetched_ != nullptr && url_ == place;
        warnings.push_back("models_file: " + got.error().message() +
                           (before ? "; the facts fetched before stay in force" : "; the embedded facts of models are used"));
        return before ? fetched_ : embedded();
    }

private:
    [[nodiscard]] static catalog embedded() {
#if defined(LLMX_WITH_CATALOG)
        return llmx::embedded_catalog();
#else
        return std::make_shared<const llmx::model_catalog>();
#endif
    }
    [[nodiscard]] static llmx::result<catalog> over_embedded(const std::string& text, const std::string& shown) {
        auto over = std::make_shared<llmx::model_catalog>(*embedded());
        if (const auto merged = over->merge(text, shown); merged.has_error()) return merged.error();
        return catalog(std::move(over));
    }

    /// What `fetched_` was fetched from.
    std::string url_;
    catalog fetched_;
};
