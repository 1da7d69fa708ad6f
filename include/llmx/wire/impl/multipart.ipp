// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/field_parameters.hpp>
#include <llmx/wire/multipart.hpp>

#include <algorithm>
#include <cstring>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Undoes the three escapes that browsers write into names (WHATWG, 4.10.21.8).
LLMX_DECL [[nodiscard]] std::string unescape_form_name(std::string text) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view rest = std::string_view(text).substr(i);
        char c = text[i];
        if (rest.starts_with("%22")) c = '"';
        else if (rest.starts_with("%0D")) c = '\r';
        else if (rest.starts_with("%0A")) c = '\n';
        if (c != text[i]) i += 2;
        text[out++] = c;
    }
    text.resize(out);
    return text;
}

LLMX_DECL void append_form_name(std::string& out, std::string_view name) {
    for (const char c : name) {
        switch (c) {
        case '"': out += "%22"; break;
        case '\r': out += "%0D"; break;
        case '\n': out += "%0A"; break;
        default: out += c;
        }
    }
}

} // namespace detail

LLMX_DECL multipart_parser::multipart_parser(std::string_view boundary) {
    delimiter_.reserve(boundary.size() + 4);
    delimiter_ += "\r\n--";
    delimiter_ += boundary;
}

LLMX_DECL result<void> multipart_parser::finish() const {
    if (failed_) return failure();
    if (state_ != state::epilogue) return error(errc::invalid_request, "the form ends before its closing boundary");
    return success();
}

LLMX_DECL error multipart_parser::failure() const {
    return error(errc::invalid_request, "malformed multipart/form-data: " + std::string(failed_));
}

LLMX_DECL void multipart_parser::count_outside(std::size_t bytes) noexcept {
    outside_ += bytes;
    if (outside_ > max_head) failed_ = "too much text before the first boundary or after the last";
}

LLMX_DECL void multipart_parser::step(std::string_view& bytes, multipart_event& event) {
    switch (state_) {
    case state::preamble:
    case state::data: return find_boundary(bytes, event);
    case state::boundary_end:
    case state::closing: return end_boundary(bytes, event);
    case state::head: return read_head(bytes, event);
    case state::part_begin:
        event.what = kind::part;
        event.part = &part_;
        state_ = state::data;
        return;
    case state::part_over:
        event.what = kind::part_end;
        event.part = &part_;
        state_ = state::boundary_end;
        return;
    case state::closed:
        event.what = kind::end;
        state_ = state::epilogue;
        return;
    case state::epilogue:
        event.raw = bytes;
        count_outside(bytes.size());
        bytes = std::string_view();
        return;
    }
}

LLMX_DECL void multipart_parser::find_boundary(std::string_view& bytes, multipart_event& event) {
    const bool inside = state_ == state::data;
    if (inside) {
        event.what = kind::data;
        event.part = &part_;
    }
    if (matched_ == 0) {
        // CR is at the start of the delimiter and nowhere else in it.
        const std::size_t cr = std::min(bytes.find('\r'), bytes.size());
        event.raw = bytes.substr(0, cr);
        bytes.remove_prefix(cr);
        if (!inside) count_outside(cr);
        if (!bytes.empty()) {
            matched_ = 1;
            bytes.remove_prefix(1);
        }
        // The CR is reported with the bytes after it.
        if (!event.raw.empty() || bytes.empty()) {
            if (event.raw.empty()) event.what = kind::framing; // nothing to report yet
            return;
        }
    }
    const std::string_view expected(delimiter_);
    std::size_t n = 0;
    while (n < bytes.size() && matched_ + n < expected.size() && bytes[n] == expected[matched_ + n]) ++n;
    matched_ += n;
    bytes.remove_prefix(n);
    if (matched_ == expected.size()) {
        event.what = kind::framing;
        event.part = nullptr;
        event.raw = expected.substr(imagined_);
        if (++parts_ > max_parts) failed_ = "more than 1000 parts";
        matched_ = imagined_ = 0;
        after_cr_ = after_dash_ = padded_ = false;
        state_ = inside ? state::part_over : state::boundary_end;
        return;
    }
    if (bytes.empty()) {
        event.what = kind::framing;
        event.raw = std::string_view();
        return;
    }
    // It was not a boundary: the bytes taken for its beginning are text.
    event.raw = expected.substr(0, matched_).substr(imagined_);
    if (event.raw.empty()) event.what = kind::framing;
    if (!inside) count_outside(event.raw.size());
    matched_ = imagined_ = 0;
}

LLMX_DECL void multipart_parser::end_boundary(std::string_view& bytes, multipart_event& event) {
    const char c = bytes.front();
    event.raw = bytes.substr(0, 1);
    bytes.remove_prefix(1);
    if (after_dash_ && c == '-') {
        state_ = state::closed;
    } else if (after_dash_) {
        failed_ = "a boundary is followed by other text";
    } else if (after_cr_ && c == '\n') {
        head_.clear();
        state_ = state::head;
    } else if (after_cr_) {
        failed_ = "a boundary is followed by other text";
    } else if (c == '\r') {
        after_cr_ = true;
    } else if (c == '-' && !padded_) {
        after_dash_ = true;
    } else if (c == ' ' || c == '\t') {
        padded_ = true; // transport padding (RFC 2046 section 5.1.1)
        count_outside(1);
    } else {
        failed_ = "a boundary is followed by other text";
    }
}

LLMX_DECL void multipart_parser::read_head(std::string_view& bytes, multipart_event& event) {
    // A head that ends at once has one line end only.
    const std::size_t before = head_.size();
    const std::size_t room = max_head - before;
    head_.append(bytes.substr(0, room));
    std::size_t end = head_.starts_with("\r\n") ? 2 : std::string::npos;
    if (end == std::string::npos) {
        const std::size_t from = before < 3 ? 0 : before - 3;
        if (const auto at = head_.find("\r\n\r\n", from); at != std::string::npos) end = at + 4;
    }
    const std::size_t used = end == std::string::npos ? head_.size() - before : end - before;
    event.raw = bytes.substr(0, used);
    bytes.remove_prefix(used);
    if (end == std::string::npos) {
        if (head_.size() == max_head) failed_ = "the header section of a part is too large";
        return;
    }
    head_.resize(end);
    accept_head();
}

LLMX_DECL void multipart_parser::accept_head() {
    part_ = multipart_part();
    for (std::string_view rest = head_; rest != "\r\n" && !rest.empty();) {
        const auto end = rest.find("\r\n");
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end + 2);
        if (line.empty()) break;
        if (const char* const wrong = take_field(line); wrong != nullptr) {
            failed_ = wrong;
            return;
        }
    }
    if (part_.name.empty()) {
        failed_ = "a part has no Content-Disposition: form-data with a name";
        return;
    }
    state_ = state::part_begin;
}

LLMX_DECL const char* multipart_parser::take_field(std::string_view line) {
    const auto colon = line.find(':');
    if (line.front() == ' ' || line.front() == '\t') return "a folded header line in a part";
    if (colon == std::string_view::npos || line.find_first_of("\r\n\0", 0, 3) != std::string_view::npos)
        return "a line in the header section of a part is not a field";
    const std::string_view name = line.substr(0, colon), value = detail::trim_ows(line.substr(colon + 1));
    if (detail::equals_ignoring_case(name, "content-type")) {
        part_.content_type = value;
    } else if (detail::equals_ignoring_case(name, "content-transfer-encoding")) {
        // RFC 7578 section 4.7 deprecates it; the three that change nothing are harmless.
        for (const std::string_view plain : {std::string_view("7bit"), std::string_view("8bit"), std::string_view("binary")})
            if (detail::equals_ignoring_case(value, plain)) return nullptr;
        return "the data of a part is encoded";
    } else if (detail::equals_ignoring_case(name, "content-disposition")) {
        if (!part_.name.empty()) return "a part has two Content-Disposition fields";
        field_parameters parameters(value);
        if (!detail::equals_ignoring_case(parameters.value(), "form-data")) return "a part is not form-data";
        bool has_name = false, has_filename = false;
        while (auto p = parameters.next()) {
            const bool is_name = detail::equals_ignoring_case(p->name, "name");
            const bool is_filename = detail::equals_ignoring_case(p->name, "filename");
            if ((is_name && has_name) || (is_filename && has_filename)) return "a part has two names";
            has_name |= is_name;
            has_filename |= is_filename;
            if (is_name) part_.name = detail::unescape_form_name(std::move(p->value));
            else if (is_filename) part_.filename = detail::unescape_form_name(std::move(p->value));
        }
        if (parameters.malformed()) return "the Content-Disposition of a part is malformed";
    }
    return nullptr;
}

LLMX_DECL result<std::string> multipart_boundary(std::string_view content_type) {
    field_parameters parameters(content_type);
    if (!detail::equals_ignoring_case(parameters.value(), "multipart/form-data"))
        return error(errc::unsupported_media_type, "this endpoint takes multipart/form-data");
    std::string boundary;
    while (auto p = parameters.next()) {
        if (!detail::equals_ignoring_case(p->name, "boundary")) continue;
        if (!boundary.empty()) return error(errc::invalid_request, "the Content-Type has two boundaries");
        boundary = std::move(p->value);
    }
    // bchars of RFC 2046 section 5.1.1.
    const auto allowed = [](char c) {
        return detail::is_ascii_digit(c) || detail::is_ascii_letter(c) ||
               std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
    };
    if (parameters.malformed() || boundary.empty() || boundary.size() > 70 || boundary.back() == ' ' ||
        !std::all_of(boundary.begin(), boundary.end(), allowed))
        return error(errc::invalid_request,
                     "the Content-Type needs a boundary of 1 to 70 characters: multipart/form-data; boundary=...");
    return boundary;
}

LLMX_DECL void append_multipart_head(std::string& out, std::string_view boundary, std::string_view name,
                                     std::string_view filename, std::string_view content_type) {
    out.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=\"");
    detail::append_form_name(out, name);
    if (!filename.empty()) {
        out += "\"; filename=\"";
        detail::append_form_name(out, filename);
    }
    out += "\"\r\n";
    if (!content_type.empty()) out.append("Content-Type: ").append(content_type).append("\r\n");
    out += "\r\n";
}

LLMX_DECL void append_multipart_end(std::string& out, std::string_view boundary) {
    out.append("--").append(boundary).append("--\r\n");
}

} // namespace llmx::inline LLMX_ABI
