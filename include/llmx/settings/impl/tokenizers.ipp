// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/tokenizers.hpp>

#include <fstream>
#include <iterator>
#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL result<std::shared_ptr<const token_counter>> load_tokenizers(const std::string& directory) {
    auto counter = std::make_shared<token_counter>();
    bool any = false;
    for (const token_encoding& e : token_encodings()) {
        // An encoding with the ranks of an earlier one shares them.
        const tokenizer* shared = nullptr;
        for (const token_encoding& earlier : token_encodings()) {
            if (&earlier == &e) break;
            if (earlier.rank_file == e.rank_file) shared = counter->find(earlier.name);
        }
        if (shared != nullptr) {
            result<tokenizer> same = shared->with_encoding(e.name);
            if (!same) return same.error();
            counter->add(std::move(*same));
            continue;
        }
        const std::string path = std::string(directory).append(1, '/').append(e.rank_file);
        std::ifstream in(path, std::ios::binary);
        if (!in.is_open()) continue;
        const std::string ranks(std::istreambuf_iterator<char>(in), {});
        result<tokenizer> read = tokenizer::load(e.name, ranks, path);
        if (!read) return read.error();
        counter->add(std::move(*read));
        any = true;
    }
    if (!any)
        return error(errc::bad_configuration, std::string(directory).append(
                         " has neither cl100k_base.tiktoken nor o200k_base.tiktoken; name a directory of OpenAI's files of ranks, or remove the setting"));
    return std::shared_ptr<const token_counter>(std::move(counter));
}

} // namespace llmx::inline LLMX_ABI
