// Who may import whom (ARCHITECTURE.md). Every rule is a pattern over folders, so a new folder is under
// it from its first file. `.ci/layering.test.ts` breaks each rule once and sees it caught.

const AREA = '(?:app|core|realtime|main|e2e)';
/** Code that never ships: tests, their fakes, the browser tests and this repository's own scripts. */
const TEST_CODE = '(?:\\.(?:test|spec)\\.tsx?$|/testing/|/tests/|^e2e/|^\\.ci/)';
/** The one contract file of the page that its hosts implement. */
const BRIDGE = '^app/bridge/';
/** The command line loads each command by itself, and with it only what that one needs. */
const COMMANDS = '^main/cli/';

/**
 * @param {string} name
 * @param {string} comment
 * @param {import('dependency-cruiser').IRegularForbiddenRuleType['from']} from
 * @param {import('dependency-cruiser').IRegularForbiddenRuleType['to']} to
 * @returns {import('dependency-cruiser').IRegularForbiddenRuleType}
 */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @satisfies {import('dependency-cruiser').IConfiguration} */
const configuration = {
  forbidden: [
    forbid('no-cycles', 'A cycle has no owner.', {}, { circular: true }),
    forbid(
      'resolvable',
      'An import must lead somewhere.',
      // These run elsewhere, beside packages that this repository does not have.
      { pathNot: '^e2e/foreign/programs/' },
      { couldNotResolve: true },
    ),

    forbid(
      'base-is-neutral',
      'core/base stands alone: it imports nothing else.',
      { path: '^core/base/', pathNot: TEST_CODE },
      { pathNot: '^core/base/' },
    ),
    forbid(
      'protocol-is-neutral',
      'core/protocol and realtime/protocol know core/base and zod, and run anywhere.',
      { path: '^(core|realtime)/protocol/', pathNot: TEST_CODE },
      { pathNot: ['^$1/protocol/', '^core/base/', '(?:^|/)node_modules/zod/'] },
    ),
    forbid(
      'realtime-below-core',
      'realtime/ knows core/base and core/protocol; threads and hosts are above it.',
      { path: '^realtime/' },
      { path: '^(?:core/(?!base/|protocol/)|app/|main/|e2e/)' },
    ),
    forbid(
      'core-below-hosts',
      'core/ knows no host.',
      { path: '^core/' },
      { path: '^(?:app|main|e2e)/' },
    ),
    forbid(
      'page-sees-protocol',
      'The page drives the engine through core/protocol and nothing else.',
      { path: '^app/', pathNot: TEST_CODE },
      { path: '^(?:core/(?!base/|protocol/)|realtime/|main/|e2e/)' },
    ),
    forbid(
      'page-has-no-node',
      'The page runs in a browser.',
      { path: '^app/', pathNot: TEST_CODE },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'hosts-see-bridge',
      'Hosts serve the built page; of its sources they know the bridge contract only.',
      { path: '^main/' },
      { path: '^app/', pathNot: BRIDGE },
    ),
    forbid(
      'electron-stays-home',
      'Only main/electron and main/preload name electron.',
      { pathNot: '^main/(?:electron|preload)/' },
      { path: '(?:^|/)node_modules/electron/' },
    ),
    forbid(
      'calls-stay-home',
      'Only realtime/rtc names werift and libopus-wasm: it mends what they leave open.',
      { pathNot: '^realtime/rtc/' },
      { path: '(?:^|/)node_modules/(?:werift|libopus-wasm)/' },
    ),
    forbid(
      'server-has-no-http',
      'core/server serves clients; whatever goes to a provider, and its keys, are in core/providers.',
      { path: '^core/server/', pathNot: TEST_CODE },
      {
        path: [
          '^core/(?:auth|model)/',
          '^(?:node:)?(?:https?|http2|net|tls)$',
          '(?:^|/)node_modules/(?:undici|ws)/',
        ],
      },
    ),
    forbid(
      'conversations-get-their-ways',
      'Threads and voice reach a provider by ports that they are given.',
      { path: '^core/(?:threads|tools|voice)/', pathNot: TEST_CODE },
      { path: '^core/(?:auth|providers|server)/' },
    ),
    forbid(
      'product-without-tooling',
      'What ships imports neither browser tests nor build scripts.',
      { path: `^${AREA}/`, pathNot: '^e2e/' },
      { path: '^(?:e2e|\\.ci)/' },
    ),

    forbid(
      'one-door',
      'A folder is entered by its index.ts; what lies behind it is private.',
      { path: '^(app|core|realtime|main|e2e)/([^/]+)/' },
      { path: `^${AREA}/[^/]+/`, pathNot: ['^$1/$2/', '/index\\.ts$', BRIDGE] },
    ),
    forbid(
      'one-door-between-rooms',
      'A folder inside a folder is a room with a door of its own; its neighbours use that.',
      { path: '^(app|core|realtime|main|e2e)/([^/]+)/([^/]+)/' },
      {
        path: '^$1/$2/[^/]+/',
        pathNot: ['^$1/$2/$3/', '/index\\.ts$', '/(?:testing|tests)/', COMMANDS],
      },
    ),
    forbid(
      'one-door-into-rooms',
      'The files beside a room enter it by its door, too.',
      { path: '^(app|core|realtime|main|e2e)/([^/]+)/[^/]+$' },
      {
        path: '^$1/$2/[^/]+/',
        pathNot: ['/index\\.ts$', '/(?:testing|tests)/', COMMANDS],
      },
    ),
    forbid(
      'one-door-from-above',
      'A file at the top of an area enters its folders by their index.ts too.',
      { path: '^(?:[^/]+|(?:app|core|realtime|main|e2e)/[^/]+|\\.ci/.+)$' },
      { path: '^(?:core|realtime|main)/[^/]+/', pathNot: '/index\\.ts$' },
    ),
    forbid(
      'test-support-stays-in-tests',
      'testing/ and tests/ are for tests only; nothing that ships may lean on them.',
      { path: `^${AREA}/`, pathNot: TEST_CODE },
      { path: '/(?:testing|tests)/|\\.(?:test|spec)\\.tsx?$' },
    ),
    forbid(
      'tests-are-not-imported',
      'A test file is nobody’s library; shared parts live in testing/.',
      {},
      { path: '\\.(?:test|spec)\\.tsx?$' },
    ),
    forbid(
      'black-box-suites',
      'A suite in tests/ sees doors, protocol tables and fakes, as a client would.',
      { path: '/tests/' },
      { path: `^${AREA}/`, pathNot: ['/index\\.ts$', '/protocol/', '/testing/', '/tests/'] },
    ),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(?:dist|\\.ci/fixtures)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};

export default configuration;
