// SPDX-License-Identifier: Apache-2.0
//
// A contender of ./dev bench ops: what is WebAssembly elsewhere, compiled for this machine. Runs
// one program on one thread.
//   native_op PROGRAM OPERANDS RESULTS [WEIGHT...]
// OPERANDS holds the operands' bytes, one after the other; RESULTS gets those of the results. The
// numbers say which operands are weights. It answers a line of JSON once it has run, and then one
// for each line of standard input: a slice of so many milliseconds, as in contender.mjs.
#include <algorithm>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/import/import.h"
#include "core/runtime/session.h"

namespace webhlo {
namespace {

// As contender.mjs says, in milliseconds.
constexpr double kBatch = 0.5;

// Milliseconds that this process computed.
double Busy() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

std::vector<uint8_t> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Op {
 public:
  Status Open(const std::string& program_file, const std::string& operands_file,
              const std::vector<uint32_t>& weights) {
    const std::vector<uint8_t> bytes = ReadFile(program_file);
    ASSIGN_OR_RETURN(const Program program, Import(bytes));
    for (uint32_t i = 0; i < program.results.size(); ++i) {
      result_types_.push_back(program.result_type(i).tensor);
    }
    RETURN_IF_ERROR(session_.AddProgram("op", bytes, program_file));
    for (const uint32_t i : weights) {
      RETURN_IF_ERROR(
          session_.DeclareWeight(program.arguments[i].name, program.argument_type(i).tensor));
    }
    RETURN_IF_ERROR(RunToEnd(session_.Bind()));

    const std::vector<uint8_t> operands = ReadFile(operands_file);
    const uint8_t* next = operands.data();
    uint32_t weight = 0;
    for (uint32_t i = 0; i < program.arguments.size(); ++i) {
      const size_t size = program.argument_type(i).tensor.ByteSize();
      if (static_cast<size_t>(operands.data() + operands.size() - next) < size) {
        return InvalidArgument("too few bytes of operands");
      }
      if (std::find(weights.begin(), weights.end(), i) != weights.end()) {
        ASSIGN_OR_RETURN(uint8_t* const buffer, session_.WeightBuffer(weight));
        std::memcpy(buffer, next, size);
        RETURN_IF_ERROR(RunToEnd(session_.WeightArrived(weight++)));
      } else {
        ASSIGN_OR_RETURN(const uint32_t tensor, session_.tensors().Create(size));
        std::memcpy(session_.tensors().Find(tensor)->data(), next, size);
        inputs_.push_back(tensor);
      }
      next += size;
    }
    return session_.Finish();
  }

  // As op-webhlo.mjs: operands and results stay, each run makes its results anew.
  Status Run() {
    for (const uint32_t tensor : results_) session_.tensors().Dispose(tensor);
    results_.clear();
    for (uint32_t i = 0; i < inputs_.size(); ++i) {
      RETURN_IF_ERROR(session_.BindInput(0, i, inputs_[i], false));
    }
    for (uint32_t i = 0; i < result_types_.size(); ++i) {
      ASSIGN_OR_RETURN(const uint32_t tensor, session_.KeepOutput(0, i));
      results_.push_back(tensor);
    }
    RETURN_IF_ERROR(session_.Start(0));
    ASSIGN_OR_RETURN(const Executable::State state, session_.Advance(-1));
    if (state != Executable::State::kDone) {
      return Unsupported("a custom call: JavaScript answers it");
    }
    return OkStatus();
  }

  void WriteResults(const std::string& path) {
    std::ofstream file(path, std::ios::binary);
    for (uint32_t i = 0; i < results_.size(); ++i) {
      file.write(reinterpret_cast<const char*>(session_.tensors().Find(results_[i])->data()),
                 static_cast<std::streamsize>(result_types_[i].ByteSize()));
    }
  }

  Result<std::vector<double>> Slice(double milliseconds) {
    std::vector<double> times;
    const double end = SteadyClock() + milliseconds;
    for (int batch = 1; times.empty() || SteadyClock() < end;) {
      const double start = Busy();
      for (int i = 0; i < batch; ++i) RETURN_IF_ERROR(Run());
      const double spent = Busy() - start;
      if (spent < kBatch) {
        batch *= 2;
      } else {
        times.push_back(spent / batch);
      }
    }
    return times;
  }

  Result<std::string> Plan() const { return session_.Inspect("plan", "op"); }
  std::string ResultsJson() const {
    return JsonArray(result_types_, [](const TensorType& type) {
      return StrCat("{\"dtype\": ", JsonString(DtypeName(type.element)),
                    ", \"shape\": ", JsonNumbers(type.dims), "}");
    });
  }

 private:
  Session session_{Session::Options()};
  std::vector<uint32_t> inputs_, results_;  // Kept tensors.
  std::vector<TensorType> result_types_;
};

// One line of output.
void Answer(const Result<std::string>& result) {
  if (result.ok()) {
    std::cout << "{\"result\": " << *result << "}" << std::endl;
  } else {
    std::cout << "{\"failure\": " << JsonString(result.status().ToString()) << "}" << std::endl;
  }
}

Result<std::string> Begin(Op* op, int count, char** arguments) {
  std::vector<uint32_t> weights;
  for (int i = 4; i < count; ++i)
    weights.push_back(static_cast<uint32_t>(std::stoul(arguments[i])));
  const double start = Busy();
  RETURN_IF_ERROR(op->Open(arguments[1], arguments[2], weights));
  const double loaded = Busy();
  RETURN_IF_ERROR(op->Run());
  const double ran = Busy();
  op->WriteResults(arguments[3]);
  ASSIGN_OR_RETURN(const std::string plan, op->Plan());
  return StrCat("{\"load\": ", loaded - start, ", \"firstRun\": ", ran - loaded,
                ", \"results\": ", op->ResultsJson(), ", \"plan\": ", JsonString(plan), "}");
}

Result<std::string> OneSlice(Op* op, double milliseconds) {
  ASSIGN_OR_RETURN(const std::vector<double> times, op->Slice(milliseconds));
  return StrCat("{\"times\": ", JsonNumbers(times), "}");
}

int Main(int count, char** arguments) {
  if (count < 4) {
    std::cerr << "usage: native_op PROGRAM OPERANDS RESULTS [WEIGHT...]\n";
    return 2;
  }
  Op op;
  Answer(Begin(&op, count, arguments));
  for (std::string line; std::getline(std::cin, line);) Answer(OneSlice(&op, std::stod(line)));
  return 0;
}

}  // namespace
}  // namespace webhlo

int main(int count, char** arguments) { return webhlo::Main(count, arguments); }
