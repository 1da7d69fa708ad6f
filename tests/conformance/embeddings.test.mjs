// SPDX-License-Identifier: BSL-1.0
// Embeddings through OpenAI's SDK: as numbers and as base64, which the SDK asks for by itself, from an
// upstream of the same language and from Gemini.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI from 'openai';
import { check_schema } from './lib/ajv_openai.mjs';
import { upstream_keys } from './lib/gateway.mjs';
import { needs_gateway, Stack } from './lib/stack.mjs';

const vector = [0.5, -1.25, 3];
const base64 = Buffer.from(new Float32Array(vector).buffer).toString('base64');
const answer = embedding => ({ object: 'list', data: [{ object: 'embedding', index: 0, embedding }], model: 'text-embedding-3-small', usage: { prompt_tokens: 5, total_tokens: 5 } });
const json = body => ({ reply: { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } });

describe('embeddings', { timeout: 120_000, skip: needs_gateway }, () => {
    let s, client;
    before(async () => {
        if (needs_gateway) return;
        s = await Stack.start({
            config: origin => ({
                extra_models: [
                    { model_name: 'te', litellm_params: { model: 'openai/text-embedding-3-small', api_key: upstream_keys.openai, api_base: `${origin}/v1` } },
                    { model_name: 'ge', litellm_params: { model: 'gemini/gemini-embedding-001', api_key: upstream_keys.gemini, api_base: origin } },
                ],
            }),
        });
        client = new OpenAI({ baseURL: `${s.url}/v1`, apiKey: s.key, maxRetries: 0, timeout: 15_000 });
    });
    after(() => s?.stop());
    beforeEach(() => s?.reset());

    for (const encoding of [undefined, 'float', 'base64'])
        test(`openai upstream, encoding_format ${encoding ?? 'unsaid'}`, { timeout: 30_000 }, async () => {
            // The SDK asks for base64 when its caller asks for nothing.
            const asked = encoding ?? 'base64';
            s.back.script(json(answer(asked === 'base64' ? base64 : vector)));
            const r = await client.embeddings.create({ model: 'te', input: ['hi'], ...(encoding ? { encoding_format: encoding } : {}) });
            assert.deepEqual(r.data[0].embedding, encoding === 'base64' ? base64 : vector);
            assert.equal(r.usage.prompt_tokens, 5);
            const x = s.upstream_request;
            assert.equal(x.path, '/v1/embeddings');
            assert.deepEqual(x.json(), { model: 'text-embedding-3-small', input: ['hi'], encoding_format: asked });
            assert.deepEqual(check_schema('CreateEmbeddingRequest', x.json()), []);
            assert.equal(x.headers.authorization, `Bearer ${upstream_keys.openai}`);
        });

    for (const encoding of [undefined, 'float', 'base64'])
        test(`gemini upstream, encoding_format ${encoding ?? 'unsaid'}`, { timeout: 30_000 }, async () => {
            s.back.script(json({ embeddings: [{ values: vector }, { values: [1, 2, 4] }] }));
            const r = await client.embeddings.create({ model: 'ge', input: ['hi', 'ho'], ...(encoding ? { encoding_format: encoding } : {}) });
            assert.deepEqual(r.data[0].embedding, encoding === 'base64' ? base64 : vector);
            assert.deepEqual(r.data.map(d => d.index), [0, 1]);
            const x = s.upstream_request;
            assert.equal(x.path, '/v1beta/models/gemini-embedding-001:batchEmbedContents');
            assert.deepEqual(x.json().requests.map(q => q.content.parts[0].text), ['hi', 'ho']);
            if (encoding === 'float') assert.deepEqual(check_schema('CreateEmbeddingResponse', JSON.parse(s.front.last.reply.body)), []);
        });
});
