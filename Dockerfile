# An image that runs every flow: docker build -t counterclaim .
# Everything it installs is named with its hash in requirements/run.txt.
FROM python:3.12-slim-bookworm AS build
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements/run.txt
COPY . .
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim-bookworm
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PREFECT_HOME=/home/reader/.prefect \
    PYTHONUNBUFFERED=1
RUN useradd --create-home --uid 1000 reader
USER 1000
# Runs work here: mount the news and the warehouse below it, or name a bucket.
WORKDIR /home/reader
CMD ["counterclaim", "--help"]
