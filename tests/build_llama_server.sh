#!/usr/bin/env bash
# A llama-server that runs on this machine, for `make test-llm`: nothing to do where the packaged one
# runs; else llama.cpp is built once from the source distribution of llama-cpp-python, for the CPU
# alone, into the virtual environment. Usage: build_llama_server.sh VENV SOURCE JOBS
set -euo pipefail
bin=$(cd "$1" && pwd)/bin
source=$2
jobs=$3

stamp=$1/.llama-server # left where a server runs; what is missing now may be there next time
if "$bin/python" "$(dirname "$0")/llama_server.py"; then
    touch "$stamp"
    exit
fi
missing=()
for tool in make gcc g++; do command -v "$tool" >/dev/null || missing+=("$tool"); done
if [ ${#missing[@]} -gt 0 ]; then
    echo "llama-server đóng gói không chạy trên bộ xử lý này; để tự dựng còn thiếu ${missing[*]}," \
        "nên bài kiểm thử sẽ bị bỏ qua. Trên Debian và Ubuntu: apt-get install build-essential" >&2
    exit
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PATH="$bin:$PATH"
pip=("$bin/python" -m pip --disable-pip-version-check --no-input -qq)
command -v cmake >/dev/null || "${pip[@]}" install 'cmake>=3.25,<4'
echo "llama-server đóng gói không chạy trên bộ xử lý này: đang dựng từ mã nguồn" \
    "(5 đến 20 phút, một lần) ..." >&2
"${pip[@]}" download --no-deps --no-binary llama-cpp-python -d "$folder" "$source"
tar xzf "$folder"/*.tar.gz -C "$folder"
# -O1 compiles in half the time; the arithmetic, which is in ggml, has -O3 all the same.
echo 'set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")' >"$folder/ggml.cmake"
off=()
for name in BUILD_SHARED_LIBS GGML_OPENMP LLAMA_OPENSSL LLAMA_BUILD_TESTS LLAMA_BUILD_EXAMPLES \
    LLAMA_BUILD_APP LLAMA_BUILD_UI LLAMA_USE_PREBUILT_UI; do
    off+=("-D$name=OFF")
done
build() {
    cmake -S "$folder"/llama_cpp_python-*/vendor/llama.cpp -B "$folder/build" -G 'Unix Makefiles' \
        -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE=-O1 \
        -DCMAKE_PROJECT_ggml_INCLUDE="$folder/ggml.cmake" "${off[@]}" &&
        nice cmake --build "$folder/build" --target llama-server -j "$jobs"
}
build >"$folder/log" 2>&1 || { tail -n 40 "$folder/log" >&2; exit 1; }
install -m 755 "$folder/build/bin/llama-server" "$bin/llama-server"
touch "$stamp"
