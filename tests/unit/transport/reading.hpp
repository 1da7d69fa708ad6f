// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/http_reader.hpp>

#include <cstddef>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace transport_test {

/// What came out of a reader that was fed like a connection feeds it.
struct reading {
    reading() = default;
    int status = 0;
    std::string fields;
    std::string body;
    bool header_done = false;
    bool done = false;
    bool keep_alive = false;
    std::string left;
    std::optional<llmx::errc> failure;
    friend bool operator==(const reading&, const reading&) = default;
    friend std::ostream& operator<<(std::ostream& os, const reading& r) {
        os << "status " << r.status << " fields [" << r.fields << "] body [" << r.body << "] header "
           << r.header_done << " done " << r.done << " keep-alive " << r.keep_alive << " left [" << r.left << "]";
        if (r.failure) os << " failure " << llmx::error(*r.failure).message();
        return os;
    }
};

struct reader_options {
    reader_options() = default;
    std::size_t max_header = 64 * 1024;
    bool bodiless = false;
    bool eof = false;
    /// What a feed leaves is also fed again without more behind it, as a connection may do.
    bool again = false;
};

/// Feeds \p parts one after the other; what a feed leaves is put before the next part.
inline reading read_parts(llmx::http_reader& reader, const std::vector<std::string>& parts, const reader_options& how) {
    reading out;
    reader.begin(how.max_header, how.bodiless);
    std::vector<char> buffer;
    for (const std::string& part : parts) {
        buffer.insert(buffer.end(), part.begin(), part.end());
        bool once_more = how.again;
        for (;;) {
            const auto step = reader.feed(std::span<char>(buffer));
            if (!step) {
                out.failure = step.error().value();
                return out;
            }
            out.body += step->body;
            buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(step->consumed));
            // The header section ends a feed; what is behind it is fed on.
            if (buffer.empty()) break;
            if (step->consumed != 0) continue;
            if (std::exchange(once_more, false)) continue;
            break;
        }
    }
    if (how.eof && !reader.done()) {
        const auto end = reader.finish();
        if (!end) out.failure = end.error().value();
    }
    out.status = reader.status();
    for (const auto& f : reader.fields()) out.fields.append(f.name).append("=").append(f.value).append(";");
    out.header_done = reader.header_done();
    out.done = reader.done();
    out.keep_alive = reader.header_done() && reader.keep_alive();
    out.left.assign(buffer.begin(), buffer.end());
    return out;
}

inline reading read_whole(const std::string& text, const reader_options& how = reader_options()) {
    llmx::http_reader reader;
    return read_parts(reader, {text}, how);
}

} // namespace transport_test
