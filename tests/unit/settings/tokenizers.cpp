// SPDX-License-Identifier: BSL-1.0
#include "support.hpp"

#include <llmx/settings/tokenizers.hpp>
#include <llmx/wire/base64.hpp>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

namespace tokenizers_unit {

using namespace settings_test;

namespace {

/// A folder that is gone after the test.
struct rank_folder {
    rank_folder() : path(std::filesystem::temp_directory_path() / ("llmx-ranks-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path);
    }
    ~rank_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    /// The 256 bytes, or a part of them.
    void write(const std::string& name, int tokens = 256) const {
        std::ofstream out(path / name, std::ios::binary);
        for (int c = 0; c < tokens; ++c) {
            const char byte = static_cast<char>(c);
            out << llmx::base64_encode(std::string_view(&byte, 1)) << ' ' << c << '\n';
        }
    }
    std::filesystem::path path;
};

} // namespace

BOOST_AUTO_TEST_SUITE(settings_tokenizers)

BOOST_AUTO_TEST_CASE(a_configuration_names_the_directory_of_files_of_ranks) {
    const auto s = from_json(R"({"model_list":[{"model_name":"m","litellm_params":{"model":"mock/echo"}}],)"
                             R"("general_settings":{"tokenizer_files":"/srv/ranks"}})");
    BOOST_REQUIRE(s.has_value());
    BOOST_TEST(s->tokenizer_files == "/srv/ranks");
}

BOOST_AUTO_TEST_CASE(a_directory_has_one_file_of_ranks_or_both) {
    const rank_folder f;
    const auto none = llmx::load_tokenizers(f.path.string());
    BOOST_REQUIRE(!none);
    BOOST_TEST(none.error().message() == f.path.string() + " has neither cl100k_base.tiktoken nor o200k_base.tiktoken; name a directory of OpenAI's "
                                                           "files of ranks, or remove the setting");
    f.write("o200k_base.tiktoken");
    const auto one = llmx::load_tokenizers(f.path.string());
    BOOST_REQUIRE(one.has_value());
    BOOST_TEST((*one)->is_exact("o200k_base"));
    BOOST_TEST((*one)->is_exact("o200k_harmony"));
    BOOST_TEST(!(*one)->is_exact("cl100k_base"));
    f.write("cl100k_base.tiktoken", 100);
    const auto cut = llmx::load_tokenizers(f.path.string());
    BOOST_REQUIRE(!cut);
    BOOST_TEST(cut.error().message().find("cl100k_base.tiktoken has no rank for the byte 100: the file is cut") != std::string::npos);
    f.write("cl100k_base.tiktoken");
    BOOST_TEST(llmx::load_tokenizers(f.path.string()).value()->is_exact("cl100k_base"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tokenizers_unit
