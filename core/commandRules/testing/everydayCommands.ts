/** What agents run all day in other people's repositories, one a line. */
export const everydayCommands: readonly string[] = String.raw`
ls
ls -la
ls -la src
ls src/components tests
ls -1 packages
ls -R src | head -50
ls *.json
ls -t | head
ls node_modules/.bin | grep eslint
pwd
pwd && ls -la
tree -L 2
tree -L 3 -I node_modules
find . -maxdepth 2 -type d
find . -name '*.ts' | head -50
find . -name package.json -not -path '*/node_modules/*'
find src -type f -name '*.tsx' | wc -l
find . -type f -size +1M
find . -newer package.json -type f
find . -name '*.py' | xargs wc -l | tail -1
find src -name '*.test.ts' -exec grep -l describe {} +
find . -path ./target -prune -o -name '*.rs' -print
fd -e ts
du -sh .
du -sh node_modules
df -h
cat package.json
cat README.md
cat src/index.ts
cat -n src/main.rs
cat .gitignore .npmrc
cat package.json | jq .scripts
cat tsconfig.json | grep strict
cat /etc/os-release
cat src/app.py | head -100
cat go.mod && cat main.go
head -50 src/server.ts
head -n 20 CHANGELOG.md
tail -100 build.log
tail -n 50 test-output.txt
sed -n '1,120p' src/index.ts
sed -n '120,260p' src/index.ts
sed -n 45p Makefile
nl -ba src/lib.rs | sed -n '30,60p'
wc -l src/*.ts
wc -c dist/bundle.js
file dist/app
stat package.json
md5sum dist/bundle.js
sha256sum release.tar.gz
diff a.txt b.txt
diff -u old.json new.json
cmp a.bin b.bin
which node
which python3 go cargo
command -v rg
type node
node --version
npm --version
python3 --version
go version
cargo --version
rustc --version
java -version
git --version
uname -a
whoami
id
date
date +%s
env | sort
printenv PATH
echo $PATH
echo "$HOME"
echo hello
printf '%s\n' one two
hostname
nproc
free -m
uptime
ps aux | grep node
ps aux | head -20
rg TODO
rg -n "createServer" src
rg -n --hidden -g '!node_modules' "API_KEY"
rg --files | head -100
rg --files -g '*.md'
rg -l "import React" src
rg -c "describe\(" tests
rg -n "fn main" -t rust
rg -A 5 -B 2 "class User" app
rg "useEffect" --type tsx
rg -i "error" logs | head -20
grep -rn "TODO" src
grep -rn "function foo" --include='*.js' .
grep -n "export" src/index.ts
grep -c test package.json
grep -E "^(import|export)" src/a.ts
grep -rl "deprecated" docs | sort
grep -v '^#' .env.example
grep -A3 '"scripts"' package.json
jq '.dependencies | keys' package.json
jq -r .version package.json
jq '.compilerOptions' tsconfig.json
sort names.txt | uniq -c | sort -rn | head
cut -d, -f1 data.csv | sort -u
awk '{print $1}' access.log | sort | uniq -c
awk -F, 'NR>1 {s+=$3} END {print s}' data.csv
tr a-z A-Z < a.txt
xxd file.bin | head
hexdump -C file.bin | head -20
strings app | grep version
column -t data.txt
basename src/a/b.ts
dirname src/a/b.ts
realpath .
readlink -f node_modules/.bin/tsc
test -f .env && echo yes
[ -d dist ] && ls dist
if [ -f yarn.lock ]; then echo yarn; else echo npm; fi
for f in src/*.ts; do wc -l "$f"; done
for d in packages/*; do echo "$d"; cat "$d/package.json" | jq .name; done
while read -r line; do echo "$line"; done < list.txt
git status
git status --short
git status -sb
git diff
git diff --stat
git diff --cached
git diff HEAD~1
git diff main...HEAD
git diff main -- src
git diff --name-only
git log --oneline -10
git log -5 --stat
git log --graph --oneline --all | head -30
git log -p -1
git log --author=me --since=yesterday
git log --follow -- src/a.ts
git show HEAD
git show HEAD:src/index.ts
git show --stat
git blame src/index.ts
git blame -L 10,40 src/a.ts
git branch
git branch -a
git branch -vv
git branch --show-current
git branch feature/x
git remote -v
git rev-parse HEAD
git rev-parse --show-toplevel
git ls-files
git ls-files | head -50
git ls-files '*.ts' | xargs wc -l
git stash list
git stash
git stash pop
git tag
git tag -l 'v*'
git describe --tags
git config --list
git config user.name
git shortlog -sn
git reflog | head
git grep -n "TODO"
git add -A
git add .
git add src/index.ts tests/index.test.ts
git add -p src/a.ts
git commit -m "Fix the parser"
git commit -am "Update"
git commit --amend --no-edit
git commit -m "Add tests" -m "They cover the edge cases"
git add -A && git commit -m "Add the feature"
git checkout -b fix/parser
git checkout main
git checkout main -- src/a.ts
git switch -c feature
git switch main
git restore --staged src/a.ts
git restore src/a.ts
git merge main
git merge --no-ff feature
git rebase main
git rebase --continue
git cherry-pick abc123
git revert HEAD --no-edit
git pull
git pull --rebase
git fetch origin
git fetch --all --prune
git push
git push -u origin fix/parser
git push origin HEAD
git reset HEAD src/a.ts
git reset --soft HEAD~1
git apply fix.patch
git worktree list
git submodule status
git submodule update --init
git bisect start
git mv a.ts b.ts
git rm old.ts
git init
git clone https://example.org/a/b.git
cd repo && git log --oneline -3
git format-patch -1
gh pr list
gh pr view 12
gh pr create --fill
gh pr checkout 12
gh pr diff 12
gh issue list
gh issue view 3 --comments
gh run list
gh run view 1234 --log-failed
gh repo view
npm install
npm ci
npm i lodash
npm install -D vitest
npm uninstall lodash
npm run build
npm run lint
npm run lint -- --fix
npm run dev
npm run typecheck
npm test
npm test -- --run
npm test 2>&1 | tail -50
npm run test:unit -- src/a.test.ts
npm ls
npm ls react
npm outdated
npm view react version
npm pack --dry-run
npm audit
npm run
npm init -y
npx tsc --noEmit
npx tsc -p tsconfig.json --noEmit 2>&1 | head -40
npx eslint src
npx eslint src --fix
npx prettier --check .
npx prettier --write src/a.ts
npx vitest run
npx vitest run src/a.test.ts -t "parses"
npx jest
npx jest --testPathPattern=user
npx jest --coverage
npx playwright test
npx playwright test tests/login.spec.ts --project=chromium
npx tsx scripts/seed.ts
npx prisma generate
npx prisma migrate dev --name init
npx next build
npx vite build
npx create-react-app demo
npx depcheck
pnpm install
pnpm -r build
pnpm test
pnpm lint
pnpm add zod
pnpm --filter web build
yarn
yarn install --frozen-lockfile
yarn build
yarn test
yarn lint --fix
yarn workspaces info
bun install
bun test
bun run build
deno test
deno fmt --check
deno task build
node index.js
node scripts/build.mjs
node --test
node --test tests/
node -e "console.log(1 + 1)"
node -p "require('./package.json').version"
node --check src/a.js
node --import tsx --test src/*.test.ts
tsc --noEmit
tsc -b
eslint .
prettier --check .
vitest run
jest
tsx src/index.ts
python3 main.py
python main.py --help
python3 -m pytest
python3 -m pytest tests/test_a.py -q
python3 -m pytest -x -k parser
python3 -c "import sys; print(sys.version)"
python3 -m venv .venv
source .venv/bin/activate && pytest
. .venv/bin/activate
python3 -m http.server 8000
python3 -m pip install -r requirements.txt
python3 manage.py test
python3 manage.py migrate
python3 manage.py makemigrations
python3 - <<'EOF'
pip install requests
pip install -e .
pip install -r requirements.txt
pip freeze
pip list | grep django
pip show flask
pytest
pytest -q
pytest tests/ -v
pytest -x --tb=short
pytest tests/test_api.py::test_login
pytest --cov=app
pytest -k "not slow" 2>&1 | tail -30
ruff check .
ruff check --fix
ruff format
black .
black --check src
mypy src
mypy --strict app
flake8
isort .
pylint app
tox -e py312
poetry install
poetry run pytest
poetry add httpx
uv sync
uv run pytest
uv pip install -r requirements.txt
pre-commit run --all-files
alembic upgrade head
flask run
uvicorn app.main:app --reload
jupyter nbconvert --to script a.ipynb
cargo build
cargo build --release
cargo test
cargo test parser -- --nocapture
cargo test --workspace 2>&1 | tail -40
cargo check
cargo clippy
cargo clippy --all-targets -- -D warnings
cargo fmt
cargo fmt --check
cargo run
cargo run --example demo
cargo add serde
cargo doc --no-deps
cargo tree
cargo bench
cargo clean
cargo update
rustup show
go build ./...
go test ./...
go test -run TestParse ./pkg/parser -v
go test -race ./...
go vet ./...
go fmt ./...
gofmt -l .
go mod tidy
go mod download
go get example.org/pkg
go run .
go run ./cmd/server
go list ./...
go env GOPATH
golangci-lint run
make
make build
make test
make lint
make -j4
make clean
make help
make -n deploy
just
just test
cmake -S . -B build
cmake --build build
ctest --test-dir build
ninja -C build
./configure
./gradlew build
./gradlew test
./gradlew :app:assembleDebug
gradle tasks
mvn test
mvn -q compile
mvn clean package -DskipTests
mvn dependency:tree
javac Main.java
java -jar app.jar
kotlinc a.kt
dotnet build
dotnet test
dotnet run
dotnet restore
swift build
swift test
xcodebuild -list
flutter test
flutter analyze
dart analyze
bundle install
bundle exec rspec
bundle exec rspec spec/models
bundle exec rubocop
rails routes
rails db:migrate
rake test
ruby script.rb
ruby -c app.rb
gem list
composer install
composer test
php artisan test
php -l index.php
vendor/bin/phpunit
mix deps.get
mix test
elixir a.exs
stack build
cabal test
zig build
zig test src/main.zig
perl -c a.pl
lua a.lua
Rscript analysis.R
julia a.jl
gcc -o a a.c
gcc -Wall -O2 main.c -o main && ./main
g++ -std=c++20 a.cpp -o a
clang-format -i src/a.cpp
clang-tidy src/a.cpp
./a.out
./main < input.txt
./run.sh
bash scripts/build.sh
sh install.sh
bash -n script.sh
shellcheck scripts/*.sh
chmod +x scripts/build.sh
chmod 644 a.txt
mkdir -p src/components
mkdir build && cd build && cmake ..
touch src/new.ts
cp a.ts b.ts
cp -r templates/base new
cp .env.example .env
mv old.ts new.ts
mv src/a.ts src/lib/a.ts
rm a.tmp
rm -r build
rm src/old.ts tests/old.test.ts
rmdir empty
rm -rf node_modules
rm -rf dist
rm -rf dist && npm run build
rm -f package-lock.json && npm install
ln -s ../shared shared
tee notes.txt <<< "words"
echo "export const a = 1;" > src/a.ts
echo "node_modules" >> .gitignore
cat > src/b.ts <<'EOF'
cat <<EOF >> README.md
printf 'a\nb\n' > list.txt
sed -i 's/foo/bar/g' src/a.ts
sed -i '' 's/1.0/1.1/' package.json
sed 's/foo/bar/' a.txt
perl -pi -e 's/a/b/' a.txt
tar czf out.tar.gz dist
tar xzf in.tar.gz
tar tzf in.tar.gz | head
unzip -l a.zip
unzip a.zip -d out
zip -r out.zip dist
gzip -k a.log
gunzip -c a.gz | head
patch -p1 < fix.diff
curl -s https://api.example.org/health
curl -I http://localhost:3000
curl -s localhost:8080/api | jq .
curl -X POST -d '{"a":1}' -H 'Content-Type: application/json' localhost:3000/api
curl -fsSL https://example.org/a.tar.gz -o a.tar.gz
wget -q https://example.org/data.csv
ping -c 1 example.org
dig example.org
nc -z localhost 5432
lsof -i :3000
ss -ltnp
netstat -an | grep LISTEN
docker ps
docker ps -a
docker images
docker build -t app .
docker compose up -d
docker compose logs --tail=50
docker compose down
docker logs web
docker exec web ls
docker run --rm app npm test
kubectl get pods
kubectl describe pod web
kubectl logs deploy/web
kubectl apply -f k8s
helm list
terraform plan
terraform fmt -check
terraform validate
aws s3 ls
psql -c 'select 1'
psql -l
sqlite3 app.db .tables
sqlite3 app.db "select count(*) from users"
redis-cli ping
mysql -e 'show tables'
sleep 2
sleep 5 && curl -s localhost:3000
timeout 30 npm test
time npm run build
nohup npm start > server.log 2>&1 &
npm start &
kill 12345
kill %1
pkill -f "node server"
jobs
wait
export NODE_ENV=test && npm test
NODE_ENV=production npm run build
CI=true npm test
DEBUG=app:* node index.js
FORCE_COLOR=0 npx vitest run 2>&1 | tail -20
cd packages/web && npm run build
cd /tmp && ls
cd backend && pytest -q && cd ..
(cd frontend && npm ci && npm run build)
npm run lint && npm test && npm run build
npm test || cat npm-debug.log
npx tsc --noEmit && echo OK
git diff --quiet || echo changed
ls && cat package.json && git log --oneline -3
grep -q strict tsconfig.json; echo $?
echo "---"; cat a; echo "---"; cat b
xargs -a files.txt wc -l
git diff --name-only | xargs npx prettier --check
ls | xargs -I{} basename {} .ts
find . -name '*.snap' | xargs ls -la
test "$(git rev-parse --abbrev-ref HEAD)" = main && echo on main
VERSION=$(jq -r .version package.json); echo "$VERSION"
bash -lc 'npm test'
bash -c "cd src && ls"
sh -c 'echo $0'
env FOO=1 npm test
crontab -l
systemctl status nginx
journalctl -u app -n 50
brew list
apt list --installed
dpkg -l | grep node
man ls | head -20
tldr tar
history | tail
open coverage/index.html
code .
ffmpeg -i in.mp4 out.mp3
convert a.png b.jpg
identify a.png
openssl version
base64 a.png | head -c 100
tee out.txt < in.txt
yes | head -3
seq 1 10
bc <<< '2 + 2'
expr 1 + 2
cal
`
  .split('\n')
  .filter((line) => line !== '');
