// SPDX-License-Identifier: BSL-1.0
// Embeddings, images and rerankings of Amazon Bedrock's models, asked for with OpenAI's SDK and Cohere's form: what InvokeModel gets, and what
// comes back.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI from 'openai';
import { Gateway, gateway_program, master_key } from './lib/gateway.mjs';

const models = {
    titan: 'amazon.titan-embed-text-v2:0', cohere: 'cohere.embed-english-v3', canvas: 'amazon.nova-canvas-v1:0', sd: 'stability.sd3-5-large-v1:0',
    rerank: 'cohere.rerank-v3-5:0', claude: 'anthropic.claude-sonnet-4-20250514-v1:0',
};
const answers = {
    titan: { embedding: [0.5, -1], inputTextTokenCount: 3 },
    cohere: { id: '1', embeddings: [[1, 2], [3, 4]], response_type: 'embeddings_floats', texts: ['a', 'b'] },
    canvas: { images: ['AAAA', 'BBBB'] },
    sd: { finish_reasons: ['Filter reason: prompt'] },
    rerank: { results: [{ index: 1, relevance_score: 0.9 }, { index: 0, relevance_score: 0.1 }] },
};

describe('operations of Bedrock', { timeout: 60_000, skip: gateway_program ? false : 'LLMX_GATEWAY is not set' }, () => {
    let server, gateway, client, seen;
    before(async () => {
        server = http.createServer(async (req, res) => {
            const pieces = [];
            for await (const p of req) pieces.push(p);
            const path = decodeURIComponent(req.url);
            seen.push({ path, key: req.headers.authorization, body: JSON.parse(Buffer.concat(pieces)) });
            const name = Object.keys(models).find(n => path === `/model/${models[n]}/invoke`);
            res.setHeader('content-type', 'application/json');
            if (name) return res.end(JSON.stringify(answers[name]));
            res.statusCode = 404;
            res.end('{"message":"no such model"}');
        }).listen(0, '127.0.0.1');
        await once(server, 'listening');
        const api_base = `http://127.0.0.1:${server.address().port}`;
        gateway = await Gateway.start({
            model_list: Object.entries(models).map(([model_name, model]) => ({ model_name, litellm_params: { model: `bedrock/${model}`, api_key: 'up', api_base, aws_region_name: 'us-east-1' } })),
            router_settings: { num_retries: 0, disable_cooldowns: true }, general_settings: { master_key },
        });
        client = new OpenAI({ baseURL: `${gateway.origin}/v1`, apiKey: master_key, maxRetries: 0 });
    });
    after(async () => { await gateway?.stop(); server?.close(); });
    beforeEach(() => { seen = []; });

    test('embeddings, one and several', async () => {
        const one = await client.embeddings.create({ model: 'titan', input: 'hi', dimensions: 256 });
        assert.deepEqual(one.data[0].embedding, [0.5, -1]);
        assert.equal(one.usage.prompt_tokens, 3);
        assert.deepEqual(seen[0], { path: `/model/${models.titan}/invoke`, key: 'Bearer up', body: { inputText: 'hi', dimensions: 256 } });
        const several = await client.embeddings.create({ model: 'cohere', input: ['a', 'b'], encoding_format: 'float' });
        assert.deepEqual(several.data.map(d => d.embedding), [[1, 2], [3, 4]]);
        assert.deepEqual(seen[1].body, { texts: ['a', 'b'], input_type: 'search_document' });
        await assert.rejects(client.embeddings.create({ model: 'titan', input: ['a', 'b'] }), e => e.status === 400 && /input\[1\]/.test(e.message));
    });
    test('images, and one that was filtered', async () => {
        const r = await client.images.generate({ model: 'canvas', prompt: 'a cat', n: 2, size: '1024x1024', quality: 'hd', response_format: 'b64_json' });
        assert.deepEqual(r.data.map(d => d.b64_json), ['AAAA', 'BBBB']);
        assert.deepEqual(seen[0].body, { taskType: 'TEXT_IMAGE', textToImageParams: { text: 'a cat' }, imageGenerationConfig: { numberOfImages: 2, width: 1024, height: 1024, quality: 'premium' } });
        await assert.rejects(client.images.generate({ model: 'sd', prompt: 'x' }), e => e.status === 400);
        assert.deepEqual(seen[1].body, { prompt: 'x' });
    });
    test('rerankings', async () => {
        const r = await fetch(`${gateway.origin}/v2/rerank`, { method: 'POST', headers: { authorization: `Bearer ${master_key}`, 'content-type': 'application/json' }, body: JSON.stringify({ model: 'rerank', query: 'q', documents: ['a', 'b'], top_n: 2 }) });
        assert.equal(r.status, 200);
        assert.deepEqual((await r.json()).results.map(x => x.index), [1, 0]);
        assert.deepEqual(seen[0].body, { api_version: 2, query: 'q', top_n: 2, documents: ['a', 'b'] });
    });
    test('a model of another kind is refused before it is asked', async () => {
        await assert.rejects(client.embeddings.create({ model: 'claude', input: 'hi' }), e => e.status === 501 || e.status === 400);
        assert.deepEqual(seen, []);
    });
});
