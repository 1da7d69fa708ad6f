// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `telemetry/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/telemetry.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/telemetry/impl/access_log.ipp>
#include <llmx/telemetry/impl/access_record.ipp>
#include <llmx/telemetry/impl/call_log.ipp>
#include <llmx/telemetry/impl/call_metrics.ipp>
#include <llmx/telemetry/impl/descriptor_write.ipp>
#include <llmx/telemetry/impl/log_sink.ipp>
#include <llmx/telemetry/impl/log_writer.ipp>
#include <llmx/telemetry/impl/metric_exposition.ipp>
#include <llmx/telemetry/impl/metric_family.ipp>
#include <llmx/telemetry/impl/metric_shard.ipp>
#include <llmx/telemetry/impl/metrics.ipp>

#endif
