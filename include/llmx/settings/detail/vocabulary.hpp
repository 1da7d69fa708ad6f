// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

/// \file
/// Names from LiteLLM's configuration that are understood differently here or not at all:
/// data, so that a warning informs the owner of a `config.yaml` of keys without effect
/// (docs.litellm.ai/docs/proxy/config_settings).

namespace llmx::inline LLMX_ABI::detail {

inline constexpr std::string_view foreign_top_level[] = {
    "guardrails", "policies", "policy_attachments", "mcp_servers", "mcp_tools", "vector_store_registry", "search_tools",
    "credential_list", "callback_settings", "prompts", "agents", "assistant_settings", "files_settings",
    "finetune_settings", "default_vertex_config", "litellm_key_header_name", "worker_registry",
};

inline constexpr std::string_view foreign_params[] = {
    "itpm", "otpm", "tag_regex", "max_budget", "budget_duration", "keepalive_seconds",
    "default_api_key_tpm_limit", "default_api_key_rpm_limit", "configurable_clientside_auth_params",
    "litellm_credential_name", "use_in_pass_through", "use_chat_completions_api", "use_litellm_proxy",
    "merge_reasoning_content_in_choices", "mock_response", "silent_model", "extra_headers", "headers", "extra_body",
    "additional_drop_params",
    "allowed_openai_params", "modify_params", "temperature", "max_tokens", "max_completion_tokens", "top_p", "stop",
    "seed", "n", "user", "presence_penalty", "frequency_penalty", "response_format", "tools", "tool_choice",
    "thinking", "reasoning_effort", "metadata", "model_list", "dimensions", "encoding_format", "input_type",
    "azure_ad_token", "azure_ad_token_provider", "tenant_id", "client_id", "client_secret", "azure_scope",
    "watsonx_region_name",
    "cache_control_injection_points", "ssl_verify", "verbose", "hf_model_name",
    "prompt_id", "prompt_variables", "guardrails", "web_search_options", "supports_system_message", "stream",
};

inline constexpr std::string_view foreign_model_info[] = {
    "tier", "team_id", "team_public_model_name", "access_groups", "health_check_model", "health_check_timeout",
    "health_check_max_tokens", "supported_environments", "access_windows", "ptu_count", "cost_per_ptu_per_hour",
    "blocked", "litellm_provider", "db_model", "created_at", "updated_at", "version", "description", "metadata",
    "custom_tokenizer", "disable_background_health_check", "mode",
};

inline constexpr std::string_view foreign_router[] = {
    "assistants_config", "search_tools", "guardrail_list", "redis_url", "redis_host", "redis_port", "redis_password",
    "redis_db", "cache_responses", "cache_kwargs", "caching_groups", "client_ttl", "polling_interval",
    "default_priority", "default_litellm_params", "set_verbose", "debug_level", "enable_pre_call_checks",
    "enable_tag_filtering", "tag_filtering_match_any", "tag_routing_prefix", "plugins", "model_group_retry_policy",
    "allowed_fails_policy", "optional_pre_call_checks", "routing_strategy_args", "routing_groups",
    "provider_budget_config", "alerting_config", "router_general_settings", "deployment_affinity_ttl_seconds",
    "model_group_affinity_config", "ignore_invalid_deployments", "enable_health_check_routing",
    "health_check_staleness_threshold", "health_check_ignore_transient_errors", "enable_weighted_failover",
    "fallback_access_check", "fallback_budget_check", "tag_budget_config", "priority_reservation",
};

inline constexpr std::string_view foreign_litellm[] = {
    "callbacks", "success_callback", "failure_callback", "service_callbacks", "audit_log_callbacks",
    "turn_off_message_logging", "redact_user_api_key_info", "langfuse_default_tags", "json_logs", "set_verbose",
    "modify_params", "force_ipv4", "enable_preview_features", "enable_json_schema_validation",
    "disable_hf_tokenizer_download", "disable_add_transform_inline_image_block",
    "use_chat_completions_url_for_anthropic_messages", "route_all_chat_openai_to_responses",
    "disable_copilot_system_to_assistant", "cache", "cache_params", "enable_redis_auth_cache", "max_budget",
    "budget_duration", "cost_discount_config", "cost_margin_config", "disable_end_user_cost_tracking",
    "disable_end_user_cost_tracking_prometheus_only", "key_generation_settings", "default_team_params",
    "default_team_settings", "upperbound_key_generate_params", "default_key_generate_params",
    "default_internal_user_params", "max_internal_user_budget", "max_end_user_budget",
    "enable_key_alias_format_validation", "mcp_aliases", "skip_system_message_in_guardrail", "ssl_verify",
    "telemetry", "public_model_groups", "model_alias_map", "guardrails", "priority_reservation",
    "tag_budget_config", "prometheus_metrics_config", "custom_prometheus_metadata_labels", "cooldown_time",
    "default_max_internal_user_budget", "store_audit_logs", "custom_provider_map", "check_provider_endpoint",
};

inline constexpr std::string_view foreign_general[] = {
    "litellm_key_header_name", "custom_auth", "custom_auth_run_common_checks", "custom_key_generate",
    "user_api_key_cache_ttl", "enforced_params", "service_account_settings", "default_team_disabled",
    "disable_master_key_return", "disable_adding_master_key_hash_to_db", "allow_user_auth", "litellm_license",
    "enable_jwt_auth", "litellm_jwtauth", "enforce_rbac", "role_permissions", "enable_oauth2_auth",
    "enable_oauth2_proxy_auth", "oauth2_config_mappings", "custom_sso", "custom_ui_sso_sign_in_handler",
    "auto_redirect_ui_login_to_sso", "ui_access_mode", "allowed_routes", "public_routes", "admin_only_routes",
    "allowed_ips", "use_x_forwarded_for", "pass_through_endpoints",
    "use_client_credentials_pass_through_routes", "database_url", "database_connection_pool_limit",
    "database_connection_timeout", "database_connection_pool_timeout", "allow_requests_on_db_unavailable",
    "disable_prisma_schema_update", "store_model_in_db", "supported_db_objects", "use_redis_transaction_buffer",
    "proxy_batch_write_at", "control_plane_url", "disable_spend_logs", "disable_spend_updates", "disable_error_logs",
    "disable_reset_budget", "store_prompts_in_spend_logs", "maximum_spend_logs_retention_period",
    "maximum_spend_logs_retention_interval", "maximum_spend_logs_cleanup_cron", "proxy_budget_rescheduler_min_time",
    "proxy_budget_rescheduler_max_time", "proxy_batch_polling_interval", "spend_report_frequency",
    "max_parallel_requests", "global_max_parallel_requests", "disable_retry_on_max_parallel_request_limit_error",
    "token_rate_limit_type", "user_header_name", "user_header_mappings", "enforce_user_param",
    "reject_clientside_metadata_tags", "completion_model", "embedding_model", "image_generation_model",
    "moderation_model", "infer_model_from_keys", "forward_client_headers_to_llm_api",
    "forward_llm_provider_auth_headers", "forward_openai_org_id", "allow_client_side_credentials",
    "always_include_stream_usage", "disable_responses_id_security", "background_health_checks",
    "health_check_interval", "health_check_details", "health_check_concurrency", "enable_health_check_routing",
    "health_check_staleness_threshold", "health_check_ignore_transient_errors", "use_shared_health_check", "alerting",
    "alerting_threshold", "alert_types", "alert_to_webhook_url", "alerting_args", "alert_type_config",
    "key_management_system", "key_management_settings", "use_azure_key_vault", "use_google_kms",
    "user_mcp_management_mode", "enable_mcp_registry", "mcp_client_side_auth_header_name", "mcp_internal_ip_ranges",
    "mcp_trusted_proxy_ranges", "mcp_required_fields", "require_end_user_mcp_access_defined", "search_tools",
    "block_robots", "store_prompts_in_cold_storage", "proxy_config", "otel",
};

inline constexpr std::string_view foreign_retry_policy[] = {"BadGatewayErrorRetries"};

} // namespace llmx::inline LLMX_ABI::detail
