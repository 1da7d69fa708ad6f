// SPDX-License-Identifier: BSL-1.0
// JSON Schema to Google's Schema message and back: what is written is a JSON object of a bounded
// size, whatever the schema refers to.
#include "json.hpp"

#include <llmx/dialects/gemini/schema.hpp>

#include <string>

namespace {

void check_back(const boost::json::object& schema, std::string_view what) {
    std::string out;
    llmx::append_json_schema(out, schema);
    (void)fuzz::require_object(out, what);
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const fuzz::exact_copy copy(in.text());
    const std::string_view text = copy.view();
    std::string out = "before";
    const auto done = llmx::append_gemini_schema(out, text);
    if (!done) {
        fuzz::require_sentence(done.error());
    } else {
        fuzz::require(out.starts_with("before"), "a schema is appended");
        const auto written = fuzz::require_object(std::string_view(out).substr(6), "Google's schema");
        fuzz::require(out.size() <= (std::size_t{4} << 20) + 64 * text.size(), "a schema that is written out is bounded");
        check_back(written.get_object(), "the schema in JSON Schema again");
    }
    boost::json::value read;
    if (fuzz::parse(text, read) && read.is_object()) check_back(read.get_object(), "JSON Schema of any object");
}
