// SPDX-License-Identifier: BSL-1.0
// Videos with OpenAI's SDK over fakes of OpenAI, Azure OpenAI, Google and Runway, which keep what they were asked for.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { check_schema } from './lib/ajv_openai.mjs';
import { Gateway, gateway_config, master_key } from './lib/gateway.mjs';
import { needs_gateway } from './lib/stack.mjs';

const octets = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));

/// All vendors on one port. A video is finished at the second request for its state.
class Vendors {
    requests = [];
    async start() {
        this.server = http.createServer((q, r) => {
            const parts = [];
            q.on('data', d => parts.push(d));
            q.on('end', () => this.answer({ method: q.method, url: q.url, headers: q.headers, body: Buffer.concat(parts) }, r));
        });
        await new Promise(done => this.server.listen(0, '127.0.0.1', done));
        this.origin = `http://127.0.0.1:${this.server.address().port}`;
        return this;
    }
    stop() { return new Promise(done => { this.server.closeAllConnections(); this.server.close(done); }); }
    clear() { this.requests = []; this.asked = 0; }
    answer(q, r) {
        this.requests.push(q);
        const json = (value, status = 200) => { r.writeHead(status, { 'content-type': 'application/json' }); r.end(JSON.stringify(value)); };
        const video = () => { r.writeHead(200, { 'content-type': 'video/mp4', 'content-length': octets.length }); r.end(octets); };
        const [path] = q.url.replace(/^\/openai/, '').split('?');
        const resource = (id, status, more = {}) => ({
            id, object: 'video', model: 'sora-2', status, progress: status === 'completed' ? 100 : 0, created_at: 1750000000, completed_at: null, expires_at: null,
            prompt: 'a cat', size: '720x1280', seconds: '4', remixed_from_video_id: null, error: null, ...more,
        });
        const done = () => ++this.asked > 1;
        if (path === '/v1/videos' && q.method === 'POST') return json(resource('video_a1', 'queued'));
        if (path === '/v1/videos/video_a1/content') return video();
        if (path === '/v1/videos/video_a1/remix') return json(resource('video_b2', 'queued', { remixed_from_video_id: 'video_a1' }));
        if (path === '/v1/videos/video_a1' && q.method === 'DELETE') return json({ id: 'video_a1', object: 'video.deleted', deleted: true });
        if (path.startsWith('/v1/videos/video_')) return json(resource(path.slice(11), done() ? 'completed' : 'in_progress'));
        const operation = 'models/veo-3.1-generate-001/operations/op1';
        if (path === '/v1beta/models/veo-3.1-generate-001:predictLongRunning') return json({ name: operation });
        if (path === `/v1beta/${operation}`)
            return json(done() ? { name: operation, done: true, response: { generateVideoResponse: { generatedSamples: [{ video: { uri: `https://generativelanguage.googleapis.com/v1beta/files/f1:download?alt=media` } }] } } } : { name: operation });
        if (path === '/v1beta/files/f1:download') return video();
        const vertex = 'publishers/google/models/veo-3.1-fast-generate-001';
        if (path === `/v1/${vertex}:predictLongRunning`) return json({ name: `${vertex}/operations/op2` });
        if (path === `/v1/${vertex}:fetchPredictOperation`)
            return json({ name: JSON.parse(q.body).operationName, done: true, response: { videos: [{ bytesBase64Encoded: octets.toString('base64'), mimeType: 'video/mp4' }] } });
        if (path === '/v1/text_to_video' || path === '/v1/image_to_video') return json({ id: 'task-1' });
        if (path === '/v1/tasks/task-1' && q.method === 'DELETE') { r.writeHead(204); return r.end(); }
        if (path === '/v1/tasks/task-1')
            return json(done() ? { id: 'task-1', status: 'SUCCEEDED', createdAt: '2025-01-01T00:00:00Z', output: [this.output ?? `${this.origin}/cdn/v.mp4?sig=1`] } : { id: 'task-1', status: 'RUNNING', progress: 0.5 });
        if (path === '/cdn/v.mp4') return video();
        if (path === '/v1/images/generations') return json({ created: 1, data: [{ b64_json: 'AAEC' }, { b64_json: 'AAEC' }] });
        if (path === '/v1/ocr') return json({ pages: [{ index: 0, markdown: 'A', images: [] }], model: 'o', usage_info: { pages_processed: 3 } });
        if (path === '/v2/rerank') return json({ id: 'r', results: [{ index: 0, relevance_score: 0.5 }], meta: { billed_units: { search_units: 2 } } });
        if (path === '/search') return json({ results: [{ title: 't', url: 'https://h', text: 'x' }] });
        return json({ error: { message: `no ${q.method} ${q.url} here` } }, 404);
    }
}

describe('videos', { timeout: 120_000, skip: needs_gateway }, () => {
    let v, g, openai;
    before(async () => {
        if (needs_gateway) return;
        v = await new Vendors().start();
        const row = (name, model, more = {}) => ({ model_name: name, litellm_params: { model, api_key: 'sk-up', ...more } });
        g = await Gateway.start(gateway_config(v.origin, {
            extra_models: [
                row('sora-2', 'openai/sora-2', { api_base: `${v.origin}/v1` }), row('azure-sora', 'azure/sora-2', { api_base: v.origin }),
                row('veo', 'gemini/veo-3.1-generate-001', { api_base: v.origin }), row('vertex-veo', 'vertex_ai/veo-3.1-fast-generate-001', { api_base: v.origin }),
                row('gen4', 'runwayml/gen4_turbo', { api_base: v.origin }), row('image', 'openai/gpt-image-1', { api_base: `${v.origin}/v1` }),
                row('ocr', 'mistral/mistral-ocr-2512', { api_base: `${v.origin}/v1` }), row('rerank', 'cohere/rerank-v3.5', { api_base: v.origin }),
                row('search', 'exa_ai/search', { api_base: v.origin }),
            ],
        }));
        openai = new OpenAI({ baseURL: `${g.origin}/v1`, apiKey: master_key, maxRetries: 0, timeout: 15_000 });
    });
    after(async () => { await g?.stop(); await v?.stop(); });
    beforeEach(() => { v?.clear(); if (v) v.output = undefined; });
    const judged = made => assert.deepEqual(check_schema('VideoResource', JSON.parse(JSON.stringify(made))), []);
    const whole = async id => Buffer.from(await (await openai.videos.downloadContent(id)).arrayBuffer());

    for (const [name, root, query] of [['sora-2', '/v1', ''], ['azure-sora', '/openai/v1', '?api-version=preview']]) {
        test(`${name}: begun, retrieved, downloaded, changed, listed and deleted`, { timeout: 30_000 }, async () => {
            const { data: made, response } = await openai.videos.create({ model: name, prompt: 'a cat', seconds: '4', size: '720x1280' }).withResponse();
            judged(made);
            assert.match(made.id, /^video_llmx/);
            assert.equal(response.headers.get('x-llmx-response-cost'), '0.4');
            assert.equal(v.requests[0].url, `${root}/videos${query}`);
            const sent = v.requests[0];
            assert.ok(sent.headers['content-type'].startsWith('multipart/form-data') || JSON.parse(sent.body).model === 'sora-2');
            assert.equal((await openai.videos.retrieve(made.id)).status, 'in_progress');
            const done = await openai.videos.retrieve(made.id);
            assert.equal(done.status, 'completed');
            assert.equal(done.id, made.id);
            assert.ok((await whole(made.id)).equals(octets));
            const thumbnail = await openai.videos.downloadContent(made.id, { variant: 'thumbnail' });
            await thumbnail.arrayBuffer();
            assert.equal(v.requests.at(-1).url, `${root}/videos/video_a1/content${query}${query ? '&' : '?'}variant=thumbnail`);
            const remix = await openai.videos.remix(made.id, { prompt: 'a dog' });
            judged(remix);
            assert.equal(remix.remixed_from_video_id, made.id);
            assert.notEqual(remix.id, made.id);
            const ids = [];
            for await (const one of openai.videos.list()) ids.push(one.id);
            assert.deepEqual(ids.slice(0, 2), [remix.id, made.id]);
            const gone = await openai.videos.delete(made.id);
            assert.deepEqual(gone, { id: made.id, object: 'video.deleted', deleted: true });
            const left = [];
            for await (const one of openai.videos.list()) left.push(one.id);
            assert.ok(!left.includes(made.id));
            for (const q of v.requests) assert.equal(q.headers[name === 'sora-2' ? 'authorization' : 'api-key'], name === 'sora-2' ? 'Bearer sk-up' : 'sk-up');
        });
    }

    test('a form with an image passes, and a request without a model is for sora-2', { timeout: 30_000 }, async () => {
        await openai.videos.create({ model: 'sora-2', prompt: 'a cat', input_reference: await toFile(Buffer.from('\x89PNG'), 'a.png', { type: 'image/png' }) });
        assert.match(v.requests[0].headers['content-type'], /^multipart\/form-data/);
        assert.ok(v.requests[0].body.includes('filename="a.png"'));
        for (const [type, body] of [['application/json', JSON.stringify({ prompt: 'a cat' })],
            ['multipart/form-data; boundary=XX', '--XX\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na cat\r\n--XX--\r\n']]) {
            v.clear();
            const r = await fetch(`${g.origin}/v1/videos`, { method: 'POST', headers: { 'content-type': type, authorization: `Bearer ${master_key}` }, body });
            assert.equal(r.status, 200, await r.text());
            assert.ok(v.requests[0].body.includes('sora-2'));
        }
    });

    test('Veo of the Gemini API', { timeout: 30_000 }, async () => {
        const { data: made, response } = await openai.videos.create({ model: 'veo', prompt: 'a cat', seconds: '8', size: '1280x720' }).withResponse();
        assert.deepEqual({ ...made, id: 0, created_at: 0 }, {
            id: 0, object: 'video', model: 'veo-3.1-generate-001', status: 'queued', progress: 0, created_at: 0, completed_at: null, expires_at: null,
            prompt: 'a cat', size: '1280x720', seconds: '8', remixed_from_video_id: null, error: null,
        });
        assert.equal(response.headers.get('x-llmx-response-cost'), '3.2');
        assert.deepEqual(JSON.parse(v.requests[0].body), { instances: [{ prompt: 'a cat' }], parameters: { durationSeconds: 8, aspectRatio: '16:9' } });
        const early = await openai.videos.downloadContent(made.id).catch(e => e);
        assert.equal(early.status, 400);
        assert.match(early.message, /in_progress/);
        const done = await openai.videos.retrieve(made.id);
        assert.equal(done.status, 'completed');
        assert.equal(done.created_at, made.created_at);
        assert.equal(done.prompt, 'a cat');
        assert.ok((await whole(made.id)).equals(octets));
        assert.equal(v.requests.at(-1).url, '/v1beta/files/f1:download?alt=media');
        assert.equal(v.requests.at(-1).headers['x-goog-api-key'], 'sk-up');
        const refused = await openai.videos.remix(made.id, { prompt: 'x' }).catch(e => e);
        assert.equal(refused.status, 501);
        assert.match(refused.message, /changes no videos/);
    });

    test('Veo of Vertex AI sends the video in its answer', { timeout: 30_000 }, async () => {
        const made = await openai.videos.create({ model: 'vertex-veo', prompt: 'a cat' });
        assert.equal(made.seconds, '8');
        assert.equal((await openai.videos.retrieve(made.id)).status, 'completed');
        assert.ok((await whole(made.id)).equals(octets));
        assert.deepEqual(JSON.parse(v.requests.at(-1).body), { operationName: 'publishers/google/models/veo-3.1-fast-generate-001/operations/op2' });
    });

    test('Runway', { timeout: 30_000 }, async () => {
        const { data: made, response } = await openai.videos.create({
            model: 'gen4', prompt: 'a cat', size: '1280x720', input_reference: await toFile(Buffer.from('\x89PNG', 'latin1'), 'a.png', { type: 'image/png' }),
        }).withResponse();
        assert.equal(response.headers.get('x-llmx-response-cost'), '0.25');
        assert.equal(v.requests[0].url, '/v1/image_to_video');
        assert.equal(v.requests[0].headers['x-runway-version'], '2024-11-06');
        const sent = JSON.parse(v.requests[0].body);
        assert.deepEqual({ ...sent, promptImage: 0 }, { model: 'gen4_turbo', promptText: 'a cat', promptImage: 0, ratio: '1280:720', duration: 5 });
        assert.ok(sent.promptImage.startsWith('data:image/png;base64,'));
        assert.equal((await openai.videos.retrieve(made.id)).progress, 50);
        assert.equal((await openai.videos.retrieve(made.id)).status, 'completed');
        assert.ok((await whole(made.id)).equals(octets));
        assert.equal(v.requests.at(-1).url, '/cdn/v.mp4?sig=1');
        assert.equal(v.requests.at(-1).headers.authorization, undefined);
        const thumbnail = await openai.videos.downloadContent(made.id, { variant: 'thumbnail' }).catch(e => e);
        assert.equal(thumbnail.status, 400);
        for (const output of ['http://10.0.0.1/v.mp4', 'https://169.254.169.254/latest', 'https://metadata.google.internal/v', 'file:///etc/passwd', 'nothing']) {
            v.output = output;
            const before = v.requests.length;
            const e = await openai.videos.downloadContent(made.id).catch(e => e);
            assert.equal(e.status, 502, output);
            assert.equal(v.requests.length, before + 1, output);
        }
        assert.equal((await openai.videos.delete(made.id)).deleted, true);
        assert.equal(v.requests.at(-1).method, 'DELETE');
        assert.equal(v.requests.at(-1).headers['x-runway-version'], '2024-11-06');
    });

    test('images, documents, rerankings and searches state what they cost', { timeout: 30_000 }, async () => {
        const rows = [
            ['/v1/images/generations', { model: 'image', prompt: 'a cat', n: 2, size: '1024x1536', quality: 'high' }, '0.5'],
            ['/v1/images/generations', { model: 'image', prompt: 'a cat', n: 2, quality: 'low' }, '0.022'],
            ['/v1/ocr', { model: 'ocr', document: { type: 'document_url', document_url: 'https://h/a.pdf' } }, '0.006'],
            ['/v2/rerank', { model: 'rerank', query: 'q', documents: ['a'] }, '0.004'],
            ['/v1/search', { search_tool_name: 'search', query: 'q', max_results: 10 }, '0.005'],
            ['/v1/search', { search_tool_name: 'search', query: 'q', max_results: 50 }, '0.025'],
        ];
        for (const [path, body, cost] of rows) {
            const r = await fetch(g.origin + path, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${master_key}` }, body: JSON.stringify(body) });
            const text = await r.text();
            assert.equal(r.status, 200, path + text);
            assert.equal(r.headers.get('x-llmx-response-cost'), cost, `${path} ${JSON.stringify(body)}`);
        }
    });

    test('ids of others and failures are those of the SDK', { timeout: 30_000 }, async () => {
        for (const id of ['video_a1', 'video_llmxAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'nothing']) {
            const e = await openai.videos.retrieve(id).catch(e => e);
            assert.equal(e.status, 404, id);
        }
        assert.equal(v.requests.length, 0);
        const wrong = await openai.videos.create({ model: 'sora-2', prompt: '' }).catch(e => e);
        assert.equal(wrong.status, 400);
        assert.equal(wrong.param, 'prompt');
        const none = await openai.videos.create({ model: 'no-such', prompt: 'x' }).catch(e => e);
        assert.equal(none.status, 404);
        const chat = await openai.videos.create({ model: 'claude', prompt: 'x' }).catch(e => e);
        assert.equal(chat.status, 501);
    });
});
