// SPDX-License-Identifier: BSL-1.0
// Configuration files of LiteLLM: each starts the gateway as it is, with its variables set, and its models are served;
// what has no effect is named in one warning per key. The files are those of ../shared/cases/configs beside the checkout,
// or of the folder LLMX_LITELLM_FILES, and one of this project's own.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { Gateway, gateway_program } from './lib/gateway.mjs';

const folder = process.env.LLMX_LITELLM_FILES ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../shared/cases/configs');

/// A value that a variable of this name, for a key of this name, may have.
function value_of(name, key) {
    if (/region/.test(key)) return 'us-east-1';
    if (/BASE|URL|ENDPOINT/.test(name)) return 'http://127.0.0.1:9/v1';
    if (/PORT/.test(name)) return '6379';
    if (/HOST/.test(name)) return '127.0.0.1';
    if (/VERSION/.test(name)) return '2024-10-21';
    if (/MODEL/.test(name)) return 'openai/gpt-4o';
    return `sk-${name.toLowerCase()}`;
}

/// What vendors need besides the keys that a file names.
const of_vendors = {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret-of-a-test', AWS_REGION_NAME: 'us-east-1', CLOUDFLARE_ACCOUNT_ID: '0123456789abcdef',
};
const variables_of = text =>
    Object.fromEntries([...text.matchAll(/(\w+):\s*["']?os\.environ\/(\w+)/g)].map(([, key, name]) => [name, value_of(name, key)]));
const resolved = (value, variables) => value?.startsWith('os.environ/') ? variables[value.slice('os.environ/'.length)] : value;

async function starts_and_serves(t, text) {
    const { model_list, general_settings } = load(text);
    const variables = variables_of(text);
    const key = resolved(general_settings?.master_key, variables) ?? 'sk-of-the-environment';
    const gateway = await Gateway.start(text, { env: { LLMX_MASTER_KEY: key, ...of_vendors, ...variables } });
    t.after(() => gateway.stop());
    const reply = await fetch(`${gateway.origin}/v1/models`, { headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(10_000) });
    assert.equal(reply.status, 200, gateway.log);
    const listed = new Set((await reply.json()).data.map(model => model.id));
    for (const { model_name: name } of model_list ?? []) if (!name.includes('*')) assert.ok(listed.has(name), `${name} is not among the models: ${[...listed]}\n${gateway.log}`);
    return gateway;
}

describe('files of LiteLLM', { timeout: 240_000, skip: gateway_program ? false : 'LLMX_GATEWAY is not set' }, () => {
    const files = existsSync(folder) ? readdirSync(folder).filter(name => /\.ya?ml$/.test(name)).sort() : [];
    for (const name of files)
        test(`${name} starts, and its models are served`, t => starts_and_serves(t, readFileSync(path.join(folder, name), 'utf8')));

    test('a file with what LiteLLM has and llmx has not yet: one warning for each key', async t => {
        const gateway = await starts_and_serves(t, `
model_list:
  - model_name: fast
    litellm_params: {model: groq/llama-3.3-70b-versatile, api_key: os.environ/GROQ_API_KEY, tpm: 100000, rpm: 60, weight: 2}
    model_info: {mode: chat, base_model: llama-3.3-70b-versatile}
  - model_name: fast
    litellm_params: {model: azure/gpt-4o, api_base: os.environ/AZURE_API_BASE, api_key: os.environ/AZURE_API_KEY, api_version: os.environ/AZURE_API_VERSION}
  - model_name: "anthropic/*"
    litellm_params: {model: "anthropic/*", api_key: os.environ/ANTHROPIC_API_KEY}
router_settings: {routing_strategy: simple-shuffle, num_retries: 2, allowed_fails: 3, cooldown_time: 30, model_group_alias: {gpt-4: fast}}
litellm_settings: {drop_params: true, request_timeout: 600, callbacks: [my_module.my_instance], telemetry: false}
general_settings: {master_key: os.environ/LITELLM_MASTER_KEY, store_model_in_db: true}
`);
        const without_effect = [...gateway.log.matchAll(/config\.yaml:\d+: (\S+): not supported, has no effect$/gm)].map(([, key]) => key);
        assert.deepEqual(without_effect.sort(), ['general_settings.store_model_in_db', 'litellm_settings.callbacks', 'litellm_settings.telemetry']);
    });
});
