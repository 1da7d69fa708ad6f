// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>
#include <llmx/core/extra.hpp>
#include <llmx/core/operation.hpp>
#include <llmx/core/usage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The document that is to be read: a URL, which may be a data URL, or a file that the vendor has.
struct ocr_document {
    ocr_document() = default;
    explicit ocr_document(std::string location, bool of_image = false) : url(std::move(location)), is_image(of_image) {}

    std::string url;
    /// Id of an uploaded file, in place of a URL.
    std::string file_id;
    std::string name;
    /// `url` is one of an image, not of a PDF or another document.
    bool is_image = false;
    extra_members extra;
    friend bool operator==(const ocr_document&, const ocr_document&) = default;
};
LLMX_DESCRIBE(ocr_document, (url, file_id, name, is_image, extra))

/// A call for the text of a document, independent of any vendor's language. Everything absent stays absent on the wire.
struct ocr_request {
    ocr_request() = default;
    ocr_request(std::string model_name, ocr_document what) : model(std::move(model_name)), document(std::move(what)) {}

    std::string model;
    ocr_document document;
    /// A list of pages from 0 on, or a text of numbers and ranges ("0,2-4"), as JSON; empty: all pages.
    raw_json pages;
    /// Whether the images of pages are in the answer, in base64.
    std::optional<bool> include_image_base64;
    /// How many images are taken from the document, and from how many pixels of width and height on.
    std::optional<std::int64_t> image_limit, image_min_size;
    /// JSON schemas of what is to be found in each image and in the whole document, as `response_format` objects.
    raw_json bbox_annotation_format, document_annotation_format;
    std::string document_annotation_prompt;
    /// "markdown" or "html".
    std::string table_format;
    std::optional<bool> extract_header, extract_footer;
    /// Whether pages have the places of their paragraphs.
    std::optional<bool> include_blocks;
    /// "word" or "page".
    std::string confidence_scores_granularity;

    extra_members extra;
    friend bool operator==(const ocr_request&, const ocr_request&) = default;
};
LLMX_DESCRIBE(ocr_request, (model, document, pages, include_image_base64, image_limit, image_min_size, bbox_annotation_format,
                            document_annotation_format, document_annotation_prompt, table_format, extract_header, extract_footer,
                            include_blocks, confidence_scores_granularity, extra))

/// An image of a page.
struct ocr_image {
    ocr_image() = default;

    /// Its name in the page's text.
    std::string id;
    /// The image as the vendor writes it: base64, mostly as a data URL. Empty when it was not asked for.
    std::string base64;
    /// What was found in it, as JSON text.
    std::string annotation;
    extra_members extra;
    friend bool operator==(const ocr_image&, const ocr_image&) = default;
};
LLMX_DESCRIBE(ocr_image, (id, base64, annotation, extra))

/// One page that was read.
struct ocr_page {
    ocr_page() = default;

    /// From 0 on.
    std::int64_t index = 0;
    std::string markdown;
    std::vector<ocr_image> images;
    /// Tables, links, size, header and so on, as the vendor has them.
    extra_members extra;
    friend bool operator==(const ocr_page&, const ocr_page&) = default;
};
LLMX_DESCRIBE(ocr_page, (index, markdown, images, extra))

/// The answer. `usage` has the pages that are charged, and whether they were annotated.
struct ocr_reply {
    ocr_reply() = default;

    std::string model;
    std::vector<ocr_page> pages;
    /// What was found in the whole document, as JSON text.
    std::string document_annotation;
    llmx::usage usage;
    extra_members extra;
    friend bool operator==(const ocr_reply&, const ocr_reply&) = default;
};
LLMX_DESCRIBE(ocr_reply, (model, pages, document_annotation, usage, extra))

struct ocr_forms;

/// The operation: a document to text, whole in both directions. Its codecs: `<llmx/dialects/mistral/ocr.hpp>`.
struct ocr {
    using request = ocr_request;
    using reply = ocr_reply;
    using forms = ocr_forms;
    static constexpr operation_info info{"ocr", operation_info::answers::json};
};
static_assert(operation<ocr>);

} // namespace llmx::inline LLMX_ABI
